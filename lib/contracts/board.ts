import { z } from 'zod';
import { comingFreezeSchema, freezeStateSchema } from './freeze';
import { automaticApprovalSchema } from './policy';
import { promotionRowSchema } from './promotion';
import { isoTimeSchema } from './scalars';
import { stageRefSchema, stageSchema } from './stage';

/** How a source ref stands to its target ref along an edge. */
export const aheadSchema = z.object({
  sourceRef: z.string(),
  targetRef: z.string(),
  relation: z.enum(['same', 'ahead', 'behind', 'diverged', 'missing']),
  /** Commits in the source that the target has not; null where it is not known. */
  commits: z.number().int().nullable(),
  /** Where it is missing: the removal that took it out, until somebody lifts that hold. */
  removedBy: z.number().int().nullable(),
});
export const boardEdgeSchema = z.object({
  id: z.string(),
  from: z.string(),
  to: z.string(),
  refs: z.array(aheadSchema),
  /** Refs that are ahead or missing, and so can be promoted; those that were removed on purpose don't count. */
  aheadCount: z.number().int(),
  canRequest: z.boolean(),
  /** Who may publish along it without approval; null where nobody may. */
  emergency: z.object({ group: z.string(), reviewHours: z.number().int(), isForMe: z.boolean() }).nullable(),
  /** What it promotes by itself; null where it does not. */
  automatic: z.object({ refs: z.array(z.string()), approval: automaticApprovalSchema }).nullable(),
});
export const boardStageSchema = z.object({
  stage: stageSchema,
  /** What keeps it from being published to; null where nothing does, or nothing leads there. */
  freeze: freezeStateSchema.nullable(),
  /** What does so next. */
  nextFreeze: comingFreezeSchema.nullable(),
  refs: z.array(
    stageRefSchema.extend({
      /** Open promotion that moves this ref into this stage. */
      openPromotion: z.number().int().nullable(),
      /** true where an outgoing edge could take it now. */
      isNew: z.boolean(),
    }),
  ),
});
export const boardSchema = z.object({
  stages: z.array(boardStageSchema),
  edges: z.array(boardEdgeSchema),
  inFlight: z.array(promotionRowSchema),
  recent: z.array(
    z.object({
      at: isoTimeSchema,
      actor: z.string(),
      text: z.string(),
      promotion: z.number().int().nullable(),
    }),
  ),
  takenAt: isoTimeSchema,
});
export type BoardDto = z.infer<typeof boardSchema>;
export type BoardStageDto = z.infer<typeof boardStageSchema>;
export type BoardEdgeDto = z.infer<typeof boardEdgeSchema>;
