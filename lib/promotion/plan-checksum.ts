import { createHash } from 'node:crypto';
import { type Plan, planSchema } from '../contracts/promotion';
import { canonicalJson } from './canonical-json';

/** The canonical JSON of `plan`: what is stored, and what `planChecksum` is the SHA-256 of. */
export function planJson(plan: Plan): string {
  return canonicalJson(planSchema.parse(plan));
}

/** SHA-256 of the plan's canonical JSON in UTF-8, as 64 hex digits: what an approval is bound to. */
export function planChecksum(plan: Plan): string {
  return createHash('sha256').update(planJson(plan), 'utf8').digest('hex');
}

/** The stored plan, checked. @throws ZodError where it is no plan */
export function parsePlan(json: string): Plan {
  return planSchema.parse(JSON.parse(json));
}
