import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { CodeLine } from '@/components/ui/code-line';
import { Size } from '@/components/ui/size';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { Plan, PlanFacts, RetirableDto, StrandedDto } from '@/lib/contracts/promotion';
import { commitsText, endOfLifeText, plural, rebaseTargets } from './stranded-text';

/** How many places to go on are shown with the line to copy. */
const TARGETS_MAX = 5;

/** Whom a removal leaves behind, ref by ref, and what is deleted afterwards. Nothing of what is no removal. */
export function StrandedCard({ plan, facts }: { plan: Plan; facts: PlanFacts }) {
  const refs = facts.refs.flatMap(({ targetRef, stranded }) => (stranded ? { targetRef, stranded } : []));
  if (refs.length === 0) return null;
  return (
    <Card title="Whom it strands" isFlush>
      <ul>
        {refs.map(({ targetRef, stranded }) => (
          <li key={targetRef} className="grid gap-2 border-b border-line px-3.5 py-3">
            <h3 className="font-mono text-sm font-semibold break-all">
              <UnsafeText text={targetRef} />
            </h3>
            <Stranded stage={plan.edge.to} stranded={stranded} />
          </li>
        ))}
      </ul>
      {facts.retirable === undefined ? null : (
        <p className="px-3.5 py-3">
          <Retirable retirable={facts.retirable} />
        </p>
      )}
    </Card>
  );
}

function Stranded({ stage, stranded }: { stage: string; stranded: StrandedDto }) {
  const targets = rebaseTargets(stranded);
  const { deltas, downstream, openFrom } = stranded;
  return (
    <>
      <p className={targets.length === 0 ? 'text-bad' : undefined}>
        Devices that follow it get no more updates. <UnsafeText text={endOfLifeText(stranded, stage)} />{' '}
        {targets.length === 0 ? `No other ref of ${stage} continues its history.` : null}
      </p>
      {targets.slice(0, TARGETS_MAX).map(({ ref, why }) => (
        <div key={ref} className="grid gap-1">
          <p className="text-muted">
            They can go on at{' '}
            <code className="text-sm break-all text-text">
              <UnsafeText text={ref} />
            </code>
            , {why}:
          </p>
          <CodeLine text={`ostree admin rebase ${stage}:${ref}`} label={`command to rebase to ${ref}`} />
        </div>
      ))}
      {targets.length > TARGETS_MAX ? (
        <p className="text-muted">{plural(targets.length - TARGETS_MAX, 'more ref')} would do.</p>
      ) : null}
      {downstream.length === 0 ? null : (
        <p className="text-wait">
          {downstream.map(({ stage: name }) => name).join(' and ')} {downstream.length === 1 ? 'gets' : 'get'}{' '}
          it from here, and {downstream.length === 1 ? 'has' : 'have'} no source for it any more.
        </p>
      )}
      {openFrom.length === 0 ? null : (
        <p className="text-wait">
          Open promotions take it from here:{' '}
          {openFrom.map((number, at) => (
            <span key={number}>
              {at === 0 ? '' : ', '}
              <Link href={`/promotions/${number}`} className="link-inline">
                #{number}
              </Link>
            </span>
          ))}
          . The commit that each names stays until it is over.
        </p>
      )}
      <p className="text-muted">
        {commitsText(stranded)}
        {deltas === 0
          ? null
          : ` ${plural(deltas, 'static delta')} to them ${deltas === 1 ? 'goes' : 'go'} along.`}
      </p>
    </>
  );
}

function Retirable({ retirable: { graceHours, commits, size } }: { retirable: RetirableDto }) {
  if (commits === 0)
    return <>As things are, nothing is deleted: everything that these refs lead to is needed.</>;
  return (
    <>
      <b className="font-semibold">{plural(commits, 'commit')}</b> {commits === 1 ? 'is' : 'are'} deleted{' '}
      {graceHours} h after the removal
      {size === null ? (
        ', with what only they hold; how much that is could not be counted now.'
      ) : (
        <>
          , with {plural(size.objects, 'object')} that nothing else needs: <Size bytes={size.bytes} />, of
          which <Size bytes={size.freedBytes} /> no other repository links.
        </>
      )}
    </>
  );
}
