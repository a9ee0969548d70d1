/** A rule as the assignment sees it: approvals are numbers from 0. */
export interface RuleSlots {
  required: number;
  /** Approvals that could satisfy it, the ones to prefer first. */
  candidates: readonly number[];
}

/**
 * Gives each approval to one rule at most, so that as many places of rules as possible are filled: a greatest matching
 * of a bipartite graph, by augmenting paths (Kuhn). Somebody who is in two groups fills the place that nobody else can.
 *
 * @returns for each rule the approvals that fill its places, in ascending order
 */
export function assignApprovals(rules: readonly RuleSlots[], approvalCount: number): number[][] {
  const places = rules.flatMap(({ required }, rule) => Array.from({ length: required }, () => rule));
  const placeOf: (number | null)[] = Array.from({ length: approvalCount }, () => null);

  function fill(place: number, tried: Set<number>): boolean {
    const rule = rules[places[place] as number] as RuleSlots;
    for (const approval of rule.candidates) {
      if (tried.has(approval)) continue;
      tried.add(approval);
      const held = placeOf[approval] ?? null;
      if (held === null || fill(held, tried)) {
        placeOf[approval] = place;
        return true;
      }
    }
    return false;
  }

  for (const place of places.keys()) fill(place, new Set());
  return rules.map((_, rule) =>
    placeOf.flatMap((place, approval) => (place !== null && places[place] === rule ? [approval] : [])),
  );
}
