import { isRefTaken, matchGlob, type RefRules } from './match-refs';

export interface AutomaticRules extends RefRules {
  automaticRefs: readonly string[];
}

/** Whether an edge with these rules promotes the head of `sourceRef` by itself: of what it takes, what its globs name. */
export function isAutomatic(rules: AutomaticRules, sourceRef: string): boolean {
  return isRefTaken(rules, sourceRef) && rules.automaticRefs.some((glob) => matchGlob(glob, sourceRef));
}

/**
 * The first of the globs that names nothing the edge takes, as far as a glob can be compared with globs; null where each
 * may. What is only partly taken is promoted as far as it is.
 */
export function findAutomaticProblem({ automaticRefs, ...rules }: AutomaticRules): string | null {
  return automaticRefs.find((glob) => !isRefTaken(rules, glob)) ?? null;
}
