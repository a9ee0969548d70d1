import Link from 'next/link';
import { asSentence } from '@/components/ui/as-sentence';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { HoldDto } from '@/lib/contracts/hold';

/** What a hold keeps off, in two words. */
export function holdWord({ scope }: Pick<HoldDto, 'scope'>): string {
  return scope === 'every' ? 'Held' : 'Held against automatic promotion';
}

/** Who set a hold, when and why: "Held since the rollback #7 by Release manager, 2 hours ago. The disk fills up." */
export function HoldText({ hold }: { hold: HoldDto }) {
  return (
    <>
      <b className="font-semibold text-wait">{holdWord(hold)}</b> <Cause hold={hold} /> by{' '}
      <UnsafeText text={hold.by} />, <RelativeTime iso={hold.at} />.{' '}
      <span className="text-muted">
        <UnsafeText text={asSentence(hold.reason)} />
      </span>
    </>
  );
}

const CAUSES: Record<Exclude<HoldDto['origin'], 'hand'>, string> = {
  rollback: 'the rollback',
  'older-choice': 'an older commit was chosen in',
  removal: 'it was removed by',
};

function Cause({ hold: { origin, promotion } }: { hold: HoldDto }) {
  if (origin === 'hand') return null;
  return (
    <>
      since {CAUSES[origin]}{' '}
      <Link href={`/promotions/${promotion}`} className="link-inline">
        #{promotion}
      </Link>
    </>
  );
}
