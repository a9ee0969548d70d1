import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type PolicyEffectDto, type UpdateGroupInput, updateGroupSchema } from '../contracts/policy';
import { effectDto, findEffectsOfPeople } from './approval-effects';
import { groupSentences, momentAfter, planGroupChange, requireGroup } from './group-change';
import { parseInput } from './parse-input';
import { readPolicyMoment } from './policy-moment';
import type { ServiceContext } from './service-context';

/**
 * Whose approvals a change of a group would void. Nothing is changed.
 * @throws AppError as `updateGroup`
 */
export async function previewGroupChange(
  ctx: ServiceContext,
  actor: Actor,
  input: UpdateGroupInput & { id: string },
): Promise<PolicyEffectDto> {
  authorise(actor, 'settings.write');
  const { id, ...rest } = input;
  const { members } = parseInput(updateGroupSchema, rest);
  const group = await requireGroup(ctx.db, id);
  const change = await planGroupChange(ctx.db, group, members);
  const moment = await readPolicyMoment(ctx.db, ctx.clock.now());
  const effects = await findEffectsOfPeople(ctx.db, moment, momentAfter(moment, group, change));
  return effectDto(groupSentences(change), effects, moment);
}
