import type { GroupDto } from '../contracts/policy';
import type { Reader } from '../db/client';
import { type EdgeWithStages, edgeApprovalRules, findEdges } from '../db/edge';
import type { GroupWithMembers } from '../db/group';
import { type PersonRow, rolesOf } from '../db/person';
import { roleMay, roleMaySomewhere, roleOn, type StageAction } from '../promotion/permission-table';

/** A group as pages and clients see one. */
export function groupDto(row: GroupWithMembers, edges: readonly EdgeWithStages[]): GroupDto {
  const ruled = edges.filter((edge) => edgeApprovalRules(edge).some(({ groupId }) => groupId === row.id));
  const forEmergencies = edges.filter((edge) => edge.emergencyGroupId === row.id);
  return {
    id: row.id,
    name: row.name,
    createdAt: row.createdAt.toISOString(),
    members: row.members.map(({ person, addedAt }) => ({
      id: person.id,
      name: person.name,
      displayName: person.displayName,
      role: rolesOf(person).role,
      canApprove: person.disabledAt === null && canApprove(person, ruled),
      canBreakGlass: person.disabledAt === null && mayInto(forEmergencies, person, 'promotion.emergency'),
      addedAt: addedAt.toISOString(),
    })),
    edges: edges
      .filter((edge) => forEmergencies.includes(edge) || ruled.includes(edge))
      .map((edge) => ({ id: edge.id, from: edge.from.name, to: edge.to.name })),
  };
}

/** Whether somebody may approve into a stage for which the group is asked; into any where it is asked for none. */
function canApprove(person: PersonRow, ruled: readonly EdgeWithStages[]): boolean {
  if (ruled.length === 0) return roleMaySomewhere(rolesOf(person), 'promotion.decide');
  return mayInto(ruled, person, 'promotion.decide');
}

function mayInto(edges: readonly EdgeWithStages[], person: PersonRow, action: StageAction): boolean {
  return edges.some(({ toStageId }) => roleMay(roleOn(rolesOf(person), toStageId), action));
}

/** As `groupDto`, with the edges looked up. */
export async function readGroupDto(db: Reader, row: GroupWithMembers): Promise<GroupDto> {
  return groupDto(row, await findEdges(db));
}
