import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise, SOME_STAGE } from '../auth/permissions';
import { type ReportCheckInput, reportCheckSchema } from '../contracts/edge-checks';
import type { PromotionDto } from '../contracts/promotion';
import { findCheckReports, upsertCheckReport } from '../db/check-report';
import { inTransaction } from '../db/client';
import { expectedChecks } from '../db/edge';
import { type FullPromotion, findPromotion } from '../db/promotion';
import { AppError } from '../errors';
import { parsePlan } from '../promotion/plan-checksum';
import { isOpen } from '../promotion/state-machine';
import { getPromotion } from './get-promotion';
import { parseInput } from './parse-input';
import { stateOf } from './promotion-dto';
import type { ServiceContext } from './service-context';

/**
 * Notes how an external check of a promotion went, in the place of what was reported of it before. Said twice it is noted
 * once. It holds for the plan that was checked: a promotion that is planned anew starts over.
 *
 * @throws AppError `not-found` for the promotion, or a check that its edge does not expect; `plan-changed` where another plan
 *   was checked; `state-changed` where it is over or its refs move
 */
export async function reportCheck(
  ctx: ServiceContext,
  actor: Actor,
  input: ReportCheckInput & { number: number },
): Promise<PromotionDto> {
  authorise(actor, 'check.report', SOME_STAGE);
  if (actor.kind !== 'service') throw new AppError('forbidden', 'only programs report checks');
  const { number, ...rest } = input;
  const { name, state, planChecksum, link = null, summary = '' } = parseInput(reportCheckSchema, rest);
  const at = ctx.clock.now();
  await inTransaction(ctx.db, async (tx) => {
    const row = await findPromotion(tx, number);
    if (!row) throw new AppError('not-found', `there is no promotion #${number}`);
    authorise(actor, 'check.report', row.edge.to);
    refuse(row, name, planChecksum);
    const reports = await findCheckReports(tx, row.id, planChecksum);
    const before = reports.find((each) => each.name === name);
    if (before?.state === state && before.link === link && before.summary === summary) return;
    const report = { promotionId: row.id, planChecksum, name, state, link, summary };
    await upsertCheckReport(tx, { ...report, reporterId: actor.id, reportedAt: at });
    await recordAudit(tx, {
      kind: 'promotion.check-reported',
      at,
      actor: auditActorOf(actor),
      stage: row.edge.to.name,
      promotion: number,
      data: { name, state, planChecksum, link, summary, token: actor.tokenName },
    });
  });
  return getPromotion(ctx, actor, number);
}

function refuse(row: FullPromotion, name: string, planChecksum: string): void {
  const expected = expectedChecks(row.edge, parsePlan(row.planJson)).map((check) => check.name);
  if (!expected.includes(name)) {
    const known = expected.length === 0 ? 'it expects none' : `it expects ${expected.join(', ')}`;
    const edge = `${row.edge.from.name} to ${row.edge.to.name}`;
    throw new AppError('not-found', `the edge from ${edge} expects no check called ${name}; ${known}`, {
      details: { field: 'name' },
    });
  }
  if (planChecksum !== row.planChecksum) {
    throw new AppError(
      'plan-changed',
      `the plan of #${row.number} is another by now; check ${row.planChecksum} and report on that`,
      { details: { promotion: row.number, planChecksum: row.planChecksum } },
    );
  }
  const state = stateOf(row);
  if (!isOpen(state)) throw new AppError('state-changed', `promotion #${row.number} is ${state}`);
  if (state === 'running' && row.runs.at(-1)?.committedAt) {
    throw new AppError('state-changed', `the refs of promotion #${row.number} are being moved already`);
  }
}
