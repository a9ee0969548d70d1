import { modeSchema } from '../contracts/scalars';
import type { EdgeDto } from '../contracts/stage';
import { type EdgeWithStages, edgeRules } from '../db/edge';

/** An edge as pages and clients see one. */
export function edgeDto(row: EdgeWithStages): EdgeDto {
  return {
    id: row.id,
    from: row.from.name,
    to: row.to.name,
    mode: modeSchema.parse(row.mode),
    ...edgeRules(row),
    verifyObjects: row.verifyObjects,
    requireSourceHead: row.requireSourceHead,
    approvalsRequired: row.approvalsRequired,
    policyVersion: row.policyVersion,
  };
}
