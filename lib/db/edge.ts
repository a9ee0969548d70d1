import { type ExternalCheck, externalChecksSchema } from '../contracts/edge-checks';
import { isWithinStage, type Plan } from '../contracts/promotion';
import type { Reader, Transaction } from './client';
import type { Edge, Stage, StageKey } from './generated/client';

export type EdgeRow = Edge;
export type EdgeWithStages = Edge & { from: Stage & { keys: StageKey[] }; to: Stage & { keys: StageKey[] } };

const withStages = { from: { include: { keys: true } }, to: { include: { keys: true } } };

/** All edges, in the order of the stages they leave and reach. */
export function findEdges(db: Reader): Promise<EdgeWithStages[]> {
  return db.edge.findMany({
    include: withStages,
    orderBy: [{ from: { position: 'asc' } }, { to: { position: 'asc' } }, { id: 'asc' }],
  });
}

export function findEdgeById(db: Reader, id: string): Promise<EdgeWithStages | null> {
  return db.edge.findUnique({ where: { id }, include: withStages });
}

export function insertEdge(tx: Transaction, row: EdgeRow): Promise<EdgeWithStages> {
  return tx.edge.create({ data: row, include: withStages });
}

export type EdgeChange = Partial<
  Pick<
    EdgeRow,
    | 'mode'
    | 'refGlobs'
    | 'renames'
    | 'verifyObjects'
    | 'requireSourceHead'
    | 'approvalRules'
    | 'approvalExpiryHours'
    | 'isApprovalShared'
    | 'soakHours'
    | 'versionCheck'
    | 'fastForwardCheck'
    | 'sourceFsckCheck'
    | 'externalChecks'
    | 'emergencyGroupId'
    | 'emergencyReviewHours'
    | 'automaticRefs'
    | 'automaticApproval'
    | 'policyVersion'
  >
>;

/** Changes the edge unless someone else did since `policyVersion`. @returns whether it was changed */
export async function updateEdgeRow(
  tx: Transaction,
  id: string,
  policyVersion: number,
  change: EdgeChange,
): Promise<boolean> {
  const { count } = await tx.edge.updateMany({ where: { id, policyVersion }, data: change });
  return count === 1;
}

/** A rule of an edge as it is stored: so many of a group, or of all reviewers. */
export interface EdgeApprovalRule {
  groupId: string | null;
  required: number;
}

/** The approval rules of an edge, from their stored JSON text. */
export function edgeApprovalRules(edge: Pick<EdgeRow, 'approvalRules'>): EdgeApprovalRule[] {
  return JSON.parse(edge.approvalRules) as EdgeApprovalRule[];
}

/** The external checks that an edge expects of a plan: none of what brings no commit that has not been in the stage before. */
export function expectedChecks(
  edge: Pick<EdgeRow, 'externalChecks'>,
  plan: Pick<Plan, 'kind'>,
): ExternalCheck[] {
  return isWithinStage(plan) ? [] : edgeExternalChecks(edge);
}

/** The external checks that an edge expects, from their stored JSON text. */
export function edgeExternalChecks(edge: Pick<EdgeRow, 'externalChecks'>): ExternalCheck[] {
  return externalChecksSchema.parse(JSON.parse(edge.externalChecks));
}
