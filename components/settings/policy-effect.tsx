import { asSentence } from '@/components/ui/as-sentence';
import { Problem } from '@/components/ui/problem';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PolicyEffectDto } from '@/lib/contracts/policy';
import type { PolicyEffectState } from './use-policy-effect';

const BECOMES: Record<PolicyEffectDto['promotions'][number]['becomes'], string> = {
  stale: 'becomes stale and must be retried',
  requested: 'waits for approval again',
  same: 'goes on waiting',
};

/** As many as leave room for the form. */
const NAMED_MAX = 4;

/** What saving would void: promotions that wait, and whose approvals. Said before it is done. */
export function PolicyEffect({ effect, error, isPending }: PolicyEffectState) {
  if (effect === undefined) return <Problem error={error} />;
  const { changes, promotions } = effect;
  const tone = promotions.length > 0 ? 'border-wait bg-wait-soft' : 'border-line bg-sunken';
  return (
    <section
      aria-label="What saving would change"
      aria-live="polite"
      aria-busy={isPending || undefined}
      className={`rounded-md border px-3 py-2 break-words ${tone}`}
    >
      {changes.length === 0 ? (
        <p className="text-muted">Nothing changes yet.</p>
      ) : promotions.length === 0 ? (
        <p>No promotion waits under these rules: saving voids nothing.</p>
      ) : (
        <>
          <p className="font-medium">{headingOf(promotions)}</p>
          <ul className="mt-1 grid gap-1">
            {promotions.slice(0, NAMED_MAX).map(({ number, title, becomes, voided }) => (
              <li key={number}>
                <b className="font-semibold">#{number}</b> <UnsafeText text={title} /> {BECOMES[becomes]}.
                {voided.length === 0 ? null : (
                  <span className="block text-muted">
                    {asSentence(
                      `void: the approval${voided.length === 1 ? '' : 's'} of ${voided.map((each) => each.reviewer).join(', ')}`,
                    )}
                  </span>
                )}
              </li>
            ))}
            {promotions.length > NAMED_MAX ? (
              <li className="text-muted">and {promotions.length - NAMED_MAX} more</li>
            ) : null}
          </ul>
        </>
      )}
    </section>
  );
}

function headingOf(promotions: PolicyEffectDto['promotions']): string {
  const count = promotions.reduce((sum, { voided }) => sum + voided.length, 0);
  const approvals = count === 0 ? 'no approval' : count === 1 ? 'one approval' : `${count} approvals`;
  return `Saving voids ${approvals} on ${promotions.length === 1 ? 'one promotion' : `${promotions.length} promotions`}:`;
}
