import { recordAudit } from '../audit/record-audit';
import { emergencyOf } from '../contracts/promotion';
import { findAuditEvents } from '../db/audit-event';
import { inTransaction, type Reader } from '../db/client';
import { findUnreviewedPlans, type UnreviewedEmergency } from '../db/emergency-review';
import { reviewStateOf } from '../promotion/emergency-review';
import { parsePlan } from '../promotion/plan-checksum';
import type { WorkerContext } from './worker-context';

/** How often the history reminds of a review that is not done, in milliseconds. */
const remindMilliseconds = 24 * 3_600_000;
const kind = 'emergency.review-overdue';

/** Writes to the history which emergencies should be reviewed by now and are not: once, and each 24 hours until they are. */
export async function noteOverdueReviews({ db, clock }: Pick<WorkerContext, 'db' | 'clock'>): Promise<void> {
  const at = clock.now();
  for (const each of await findUnreviewedPlans(db)) {
    const { number, stageName } = each;
    if ((await findReminder(db, each, at)) === null) continue;
    await inTransaction(db, async (tx) => {
      // Another worker may have written it, or somebody have reviewed it meanwhile.
      const [still] = await findUnreviewedPlans(tx, number);
      const reminder = still ? await findReminder(tx, still, at) : null;
      if (reminder === null) return;
      const actor = { id: null, name: 'worker' };
      await recordAudit(tx, { kind, at, actor, stage: stageName, promotion: number, data: reminder });
    });
  }
}

/** What is to be written of it now; null where nothing is. */
async function findReminder(
  db: Reader,
  { number, planJson, committedAt }: UnreviewedEmergency,
  at: Date,
): Promise<{ dueAt: string; reminder: number } | null> {
  const reviewHours = emergencyOf(parsePlan(planJson))?.reviewHours ?? 0;
  const { state, dueAt } = reviewStateOf({ committedAt, reviewedAt: null, reviewHours }, at);
  if (state !== 'overdue' || dueAt === null) return null;
  const [last] = await findAuditEvents(db, { kind, promotionNumber: number }, 1);
  if (last && at.getTime() - last.at.getTime() < remindMilliseconds) return null;
  const before = last ? (JSON.parse(last.dataJson) as { reminder: number }).reminder : 0;
  return { dueAt: dueAt.toISOString(), reminder: before + 1 };
}
