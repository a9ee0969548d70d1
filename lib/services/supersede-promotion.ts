import { recordAudit } from '../audit/record-audit';
import type { Transaction } from '../db/client';
import { type FullPromotion, findPromotion, movePromotion, noteSuperseded } from '../db/promotion';
import { cancelQueuedRun } from '../db/run';
import { AppError } from '../errors';
import { whyNotSupersede } from '../promotion/why-not-supersede';
import { countingApprovals, voidApprovals } from './approval-effects';
import { leftOutOf } from './find-supersedable';
import { readPolicyMoment } from './policy-moment';
import { stateOf } from './promotion-dto';
import { refusalError } from './refusal-error';

/** What supersedes: its plan, and who asks for it. */
export interface Superseding {
  edgeId: string;
  refs: readonly { targetRef: string; sourceChecksum: string }[];
  /** Numbers of requests that it moves no ref of to an older commit. */
  supersedable: readonly number[];
  asker: { id: string; isPerson: boolean };
}

/**
 * The older request, as long as it may be superseded.
 * @throws AppError `not-found`; `state-changed` where it has begun or is over; `conflict` where the new one is no substitute;
 *   `forbidden` for a program that did not ask for it
 */
export async function requireSupersedable(
  tx: Transaction,
  number: number,
  by: Superseding,
): Promise<FullPromotion> {
  const row = await findPromotion(tx, number);
  if (!row) {
    const details = { field: 'supersedes' };
    throw new AppError('not-found', `there is no promotion #${number} to supersede`, { details });
  }
  const isOlder = by.supersedable.includes(number);
  const refusal = whyNotSupersede({
    state: stateOf(row),
    isSameEdge: row.edgeId === by.edgeId,
    leftOut: leftOutOf(row, by.refs),
    // It would be among them otherwise.
    olderRef: isOlder ? null : (row.refs[0]?.targetRef ?? null),
    isEntitled: by.asker.isPerson || by.asker.id === row.requesterId,
  });
  if (refusal) throw refusalError(number, refusal);
  return row;
}

/**
 * Ends the older request in the transaction that stores the one that takes its place: its queued run is taken back, its
 * approvals are void.
 */
export async function supersede(
  tx: Transaction,
  row: FullPromotion,
  of: { by: number; at: Date; actor: { id: string | null; name: string } },
): Promise<void> {
  const { by, at, actor } = of;
  const why = `superseded by #${by}`;
  const lost = countingApprovals(row, await readPolicyMoment(tx, at));
  const isFree = await cancelQueuedRun(tx, row.id, at, { code: 'state-changed', message: why });
  if (!isFree || !(await movePromotion(tx, row.id, stateOf(row), 'superseded', { endedAt: at }))) {
    throw new AppError(
      'state-changed',
      `promotion #${row.number} has begun; it can’t be superseded any more`,
    );
  }
  await noteSuperseded(tx, row.id, by);
  const about = { at, actor, stage: row.edge.to.name, promotion: row.number };
  await voidApprovals(tx, lost, { ...about, why });
  await recordAudit(tx, { kind: 'promotion.superseded', ...about, data: { by } });
}
