import { recordAudit } from '../audit/record-audit';
import type { Transaction } from '../db/client';
import { overriddenWindows, withdrawFreezeOverrides } from '../db/freeze';

/**
 * Withdraws what lets a promotion past a freeze, with its event: taken back by somebody for a reason, or, without one, since
 * it was given for another plan.
 */
export async function withdrawOverrides(
  tx: Transaction,
  row: { id: string },
  {
    reason = null,
    ...about
  }: {
    at: Date;
    actor: { id: string | null; name: string };
    stage: string;
    promotion: number;
    reason?: string | null;
  },
): Promise<void> {
  const withdrawnBy = reason === null ? null : about.actor.name;
  const how = { withdrawnAt: about.at, withdrawnBy, withdrawReason: reason };
  for (const override of await withdrawFreezeOverrides(tx, row.id, how)) {
    const windows = overriddenWindows(override).map((each) => each.name);
    const data = { windows, why: reason ?? 'it was planned anew, and the plan is another' };
    await recordAudit(tx, { kind: 'freeze.override-withdrawn', ...about, data });
  }
}
