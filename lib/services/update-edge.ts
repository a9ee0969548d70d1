import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type EdgeDto, type EdgeInput, edgeInputSchema } from '../contracts/stage';
import { inTransaction, type Transaction } from '../db/client';
import { type EdgeChange, type EdgeWithStages, edgeRules, findEdgeById, updateEdgeRow } from '../db/edge';
import { findPromotionsOfEdge, movePromotion } from '../db/promotion';
import { cancelQueuedRun } from '../db/run';
import { AppError } from '../errors';
import { findRenameProblem } from '../promotion/check-renames';
import { edgeDto } from './edge-dto';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

const updateEdgeSchema = edgeInputSchema.omit({ from: true, to: true }).partial();

/**
 * Changes the policy of an edge. Its policy version goes up, and with it every promotion along the edge that no
 * worker has begun becomes stale: what was approved under the old policy is not published under the new one.
 *
 * @throws AppError `not-found`, `input-invalid`, `conflict` where someone else changed it at the same time
 */
export async function updateEdge(
  ctx: ServiceContext,
  actor: Actor,
  input: Partial<Omit<EdgeInput, 'from' | 'to'>> & { id: string },
): Promise<EdgeDto> {
  authorise(actor, 'settings.write');
  const { id, ...rest } = input;
  const wanted = parseInput(updateEdgeSchema, rest);
  const problem = findRenameProblem(wanted.renames ?? []);
  if (problem) throw new AppError('input-invalid', `renames: ${problem}`, { details: { field: 'renames' } });
  const at = ctx.clock.now();

  const row = await inTransaction(ctx.db, async (tx) => {
    const edge = await findEdgeById(tx, id);
    if (!edge) throw new AppError('not-found', 'there is no such edge');
    const { change, sentences } = planChange(edge, wanted);
    if (sentences.length === 0) return edge;
    const policyVersion = edge.policyVersion + 1;
    if (!(await updateEdgeRow(tx, id, edge.policyVersion, { ...change, policyVersion }))) {
      throw new AppError('conflict', 'somebody else changed this edge just now; look at it again');
    }
    const data = { from: edge.from.name, to: edge.to.name, policyVersion, changes: sentences };
    await recordAudit(tx, {
      kind: 'edge.updated',
      at,
      actor: auditActorOf(actor),
      stage: edge.to.name,
      data,
    });
    await stalePromotions(tx, edge, actor, at);
    const changed = await findEdgeById(tx, id);
    return changed ?? edge;
  });
  return edgeDto(row);
}

/** What changes in the row, and the same as a person reads it. */
function planChange(
  edge: EdgeWithStages,
  wanted: Partial<EdgeInput>,
): { change: EdgeChange; sentences: string[] } {
  const rules = edgeRules(edge);
  const stored = { ...edge, ...rules } as const;
  const change: EdgeChange = {};
  const sentences: string[] = [];
  for (const field of ['mode', 'verifyObjects', 'requireSourceHead', 'approvalsRequired'] as const) {
    const value = wanted[field];
    if (value === undefined || value === stored[field]) continue;
    Object.assign(change, { [field]: value });
    sentences.push(`${field} ${stored[field]} → ${value}`);
  }
  for (const field of ['refGlobs', 'renames'] as const) {
    const value = wanted[field];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(stored[field])) continue;
    change[field] = JSON.stringify(value);
    sentences.push(`${field} ${JSON.stringify(value)}`);
  }
  return { change, sentences };
}

async function stalePromotions(tx: Transaction, edge: EdgeWithStages, actor: Actor, at: Date): Promise<void> {
  const why = 'the policy of the edge was changed';
  const error = { code: 'plan-changed', message: `${why}; retry to plan it anew` };
  for (const promotion of await findPromotionsOfEdge(tx, edge.id, ['requested', 'approved'])) {
    const state = promotion.state === 'approved' ? 'approved' : 'requested';
    if (!(await cancelQueuedRun(tx, promotion.id, at, error))) continue;
    if (!(await movePromotion(tx, promotion.id, state, 'stale', { endedAt: at }))) continue;
    await recordAudit(tx, {
      kind: 'promotion.staled',
      at,
      actor: auditActorOf(actor),
      stage: edge.to.name,
      promotion: promotion.number,
      data: { why },
    });
  }
}
