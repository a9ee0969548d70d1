import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { promotionStateSchema } from '../contracts/promotion';
import { findLastAuditEvent } from '../db/audit-event';
import { countPromotionsByState, findPromotionsIn } from '../db/promotion';
import { readQueueState } from '../db/run';
import { readWaitsOf } from './read-waits';
import type { ServiceContext } from './service-context';

/** Figures in the text format of Prometheus 0.0.4. */
export async function getMetrics(ctx: ServiceContext, actor: Actor): Promise<string> {
  authorise(actor, 'read');
  const states = await countPromotionsByState(ctx.db);
  const queue = await readQueueState(ctx.db);
  const now = ctx.clock.now();
  const approved = await findPromotionsIn(ctx.db, ['approved']);
  const waits = await readWaitsOf(ctx.db, approved, now);
  const waiting = approved.filter(({ id }) => (waits.get(id)?.length ?? 0) > 0);
  const due = approved.flatMap((row) => (waiting.includes(row) ? [] : (row.runs.at(-1)?.createdAt ?? [])));
  const oldest = Math.min(now.getTime(), ...due.map((at) => at.getTime()));
  const last = await findLastAuditEvent(ctx.db);
  return [
    '# HELP treeline_promotions Promotions by state.',
    '# TYPE treeline_promotions gauge',
    ...promotionStateSchema.options.map(
      (state) => `treeline_promotions{state="${state}"} ${states.get(state) ?? 0}`,
    ),
    '# HELP treeline_runs Runs that are under way, queued, or wait for a time or the end of a freeze.',
    '# TYPE treeline_runs gauge',
    `treeline_runs{state="queued"} ${Math.max(0, queue.queued - waiting.length)}`,
    `treeline_runs{state="waiting"} ${waiting.length}`,
    `treeline_runs{state="running"} ${queue.running}`,
    '# HELP treeline_run_queue_seconds Age of the oldest run that could begin.',
    '# TYPE treeline_run_queue_seconds gauge',
    `treeline_run_queue_seconds ${(now.getTime() - oldest) / 1000}`,
    '# HELP treeline_audit_events Audit events recorded.',
    '# TYPE treeline_audit_events counter',
    `treeline_audit_events ${last?.seq ?? 0}`,
    '',
  ].join('\n');
}
