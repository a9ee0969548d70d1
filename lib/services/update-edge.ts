import { recordAudit } from '../audit/record-audit';
import { type Actor, auditActorOf } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { EdgeDto } from '../contracts/stage';
import { inTransaction } from '../db/client';
import { findEdgeById, updateEdgeRow } from '../db/edge';
import { AppError } from '../errors';
import { findRenameProblem } from '../promotion/check-renames';
import { applyEffects, findEffectsOfPolicy } from './approval-effects';
import { readGroupNames } from './approval-settings';
import { planEdgeChange, type UpdateEdgeInput, updateEdgeSchema } from './edge-change';
import { edgeDto } from './edge-dto';
import { parseInput } from './parse-input';
import { readPolicyMoment } from './policy-moment';
import type { ServiceContext } from './service-context';

/**
 * Changes the policy of an edge. Its policy version goes up, and with it every promotion along the edge that no
 * worker has begun becomes stale and its approvals void: what was approved under the old policy is not published
 * under the new one.
 *
 * @throws AppError `not-found`, `input-invalid`, `conflict` where someone else changed it at the same time
 */
export async function updateEdge(
  ctx: ServiceContext,
  actor: Actor,
  input: UpdateEdgeInput & { id: string },
): Promise<EdgeDto> {
  authorise(actor, 'settings.write');
  const { id, ...rest } = input;
  const wanted = parseInput(updateEdgeSchema, rest);
  refuseRenames(wanted);
  const at = ctx.clock.now();

  const { row, names } = await inTransaction(ctx.db, async (tx) => {
    const names = await readGroupNames(tx);
    const edge = await findEdgeById(tx, id);
    if (!edge) throw new AppError('not-found', 'there is no such edge');
    const { change, sentences } = planEdgeChange(edge, wanted, names);
    if (sentences.length === 0) return { row: edge, names };
    const effects = await findEffectsOfPolicy(tx, edge.id, await readPolicyMoment(tx, at));
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
    await applyEffects(tx, effects, { why: 'the policy of the edge was changed', actor, at });
    return { row: (await findEdgeById(tx, id)) ?? edge, names };
  });
  return edgeDto(row, names);
}

/** @throws AppError `input-invalid` */
export function refuseRenames({ renames = [] }: Pick<UpdateEdgeInput, 'renames'>): void {
  const problem = findRenameProblem(renames);
  if (problem) throw new AppError('input-invalid', `renames: ${problem}`, { details: { field: 'renames' } });
}
