import { recordAudit } from '../audit/record-audit';
import type { Transaction } from '../db/client';
import { overriddenWindows, withdrawFreezeOverrides } from '../db/freeze';

/** Withdraws what lets a promotion past a freeze, with its event: it was given for another plan. */
export async function withdrawOverrides(
  tx: Transaction,
  row: { id: string },
  about: { at: Date; actor: { id: string | null; name: string }; stage: string; promotion: number },
): Promise<void> {
  for (const override of await withdrawFreezeOverrides(tx, row.id, about.at)) {
    const windows = overriddenWindows(override).map((each) => each.name);
    const data = { windows, why: 'it was planned anew, and the plan is another' };
    await recordAudit(tx, { kind: 'freeze.override-withdrawn', ...about, data });
  }
}
