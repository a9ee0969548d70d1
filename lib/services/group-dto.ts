import type { GroupDto } from '../contracts/policy';
import { roleSchema } from '../contracts/scalars';
import type { Reader } from '../db/client';
import { type EdgeWithStages, edgeApprovalRules, findEdges } from '../db/edge';
import type { GroupWithMembers } from '../db/group';

/** A group as pages and clients see one. */
export function groupDto(row: GroupWithMembers, edges: readonly EdgeWithStages[]): GroupDto {
  const isForEmergencies = edges.some((edge) => edge.emergencyGroupId === row.id);
  return {
    id: row.id,
    name: row.name,
    createdAt: row.createdAt.toISOString(),
    members: row.members.map(({ person, addedAt }) => ({
      id: person.id,
      name: person.name,
      displayName: person.displayName,
      role: roleSchema.parse(person.role),
      canApprove: person.role === 'reviewer' && person.disabledAt === null,
      canBreakGlass: isForEmergencies && person.role === 'release-manager' && person.disabledAt === null,
      addedAt: addedAt.toISOString(),
    })),
    edges: edges
      .filter(
        (edge) =>
          edge.emergencyGroupId === row.id ||
          edgeApprovalRules(edge).some(({ groupId }) => groupId === row.id),
      )
      .map((edge) => ({ id: edge.id, from: edge.from.name, to: edge.to.name })),
  };
}

/** As `groupDto`, with the edges looked up. */
export async function readGroupDto(db: Reader, row: GroupWithMembers): Promise<GroupDto> {
  return groupDto(row, await findEdges(db));
}
