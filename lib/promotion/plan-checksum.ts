import { createHash } from 'node:crypto';
import { type Plan, type PlanFacts, planFactsSchema, planSchema } from '../contracts/promotion';
import { canonicalJson } from './canonical-json';
import { keepParsed } from './keep-parsed';

/** The canonical JSON of `plan`: what is stored, and what `planChecksum` is the SHA-256 of. */
export function planJson(plan: Plan): string {
  return canonicalJson(planSchema.parse(plan));
}

/** SHA-256 of the plan's canonical JSON in UTF-8, as 64 hex digits: what an approval is bound to. */
export function planChecksum(plan: Plan): string {
  return createHash('sha256').update(planJson(plan), 'utf8').digest('hex');
}

/** The stored plan, checked. @throws ZodError where it is no plan */
export const parsePlan = keepParsed((json): Plan => planSchema.parse(JSON.parse(json)));

/** What was noted beside the plan, checked. @throws ZodError where it is no such thing */
export const parseFacts = keepParsed((json): PlanFacts => planFactsSchema.parse(JSON.parse(json)));
