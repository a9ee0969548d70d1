import { z } from 'zod';
import { checksumSchema, stageNameSchema } from '../contracts/scalars';

/** Dynamic segments of paths, as zod reads them. */
export const stageParams = z.object({ stage: stageNameSchema });
export const stageRefParams = z.object({ stage: stageNameSchema, ref: z.string().min(1).max(1024) });
export const stageKeyParams = z.object({ stage: stageNameSchema, keyId: z.string().min(1).max(100) });
export const checksumParams = z.object({ checksum: checksumSchema });
export const numberParams = z.object({
  number: z
    .string()
    .regex(/^[1-9]\d{0,9}$/, 'is not a promotion number')
    .transform(Number),
});
export const idParams = z.object({ id: z.string().min(1).max(64) });

/** A path in a commit's tree. */
export const treePathSchema = z.string().min(1).max(8192);
export const cursorQuery = z.strictObject({ cursor: z.string().max(2048).optional() });
