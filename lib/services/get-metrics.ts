import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { promotionStateSchema } from '../contracts/promotion';
import { findLastAuditEvent } from '../db/audit-event';
import { countPromotionsByState } from '../db/promotion';
import { readQueueState } from '../db/run';
import type { ServiceContext } from './service-context';

/** Figures in the text format of Prometheus 0.0.4. */
export async function getMetrics(ctx: ServiceContext, actor: Actor): Promise<string> {
  authorise(actor, 'read');
  const states = await countPromotionsByState(ctx.db);
  const queue = await readQueueState(ctx.db);
  const waitSeconds = queue.oldest ? (ctx.clock.now().getTime() - queue.oldest.getTime()) / 1000 : 0;
  const last = await findLastAuditEvent(ctx.db);
  return [
    '# HELP treeline_promotions Promotions by state.',
    '# TYPE treeline_promotions gauge',
    ...promotionStateSchema.options.map(
      (state) => `treeline_promotions{state="${state}"} ${states.get(state) ?? 0}`,
    ),
    '# HELP treeline_runs Runs that wait or are under way.',
    '# TYPE treeline_runs gauge',
    `treeline_runs{state="queued"} ${queue.queued}`,
    `treeline_runs{state="running"} ${queue.running}`,
    '# HELP treeline_run_queue_seconds Age of the oldest queued run.',
    '# TYPE treeline_run_queue_seconds gauge',
    `treeline_run_queue_seconds ${Math.max(0, waitSeconds)}`,
    '# HELP treeline_audit_events Audit events recorded.',
    '# TYPE treeline_audit_events counter',
    `treeline_audit_events ${last?.seq ?? 0}`,
    '',
  ].join('\n');
}
