import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import type { PolicyEffectDto } from '../contracts/policy';
import { findEdgeById } from '../db/edge';
import { AppError } from '../errors';
import { effectDto, findEffectsOfPolicy } from './approval-effects';
import { readGroupNames } from './approval-settings';
import { planEdgeChange, type UpdateEdgeInput, updateEdgeSchema } from './edge-change';
import { parseInput } from './parse-input';
import { readPolicyMoment } from './policy-moment';
import type { ServiceContext } from './service-context';
import { refuseRenames } from './update-edge';

/**
 * What a change of an edge would do to promotions that wait on it: which become stale, and whose approvals are void.
 * Nothing is changed.
 *
 * @throws AppError as `updateEdge`
 */
export async function previewEdgeChange(
  ctx: ServiceContext,
  actor: Actor,
  input: UpdateEdgeInput & { id: string },
): Promise<PolicyEffectDto> {
  authorise(actor, 'settings.write');
  const { id, ...rest } = input;
  const wanted = parseInput(updateEdgeSchema, rest);
  refuseRenames(wanted);
  const edge = await findEdgeById(ctx.db, id);
  if (!edge) throw new AppError('not-found', 'there is no such edge');
  const { sentences } = planEdgeChange(edge, wanted, await readGroupNames(ctx.db));
  const moment = await readPolicyMoment(ctx.db, ctx.clock.now());
  const effects = sentences.length === 0 ? [] : await findEffectsOfPolicy(ctx.db, edge.id, moment);
  return effectDto(sentences, effects, moment);
}
