import type { RuleStateDto } from '../contracts/policy';

/** How many of those who still may are named. */
const NAMED_MAX = 20;

/** A rule as it was judged: by whom it is satisfied, and who still may, each by id and name. */
export function ruleStateDto(
  rule: {
    group: string | null;
    required: number;
    isSatisfied: boolean;
    by: readonly { row: { reviewer: { displayName: string } } }[];
  },
  still: readonly (readonly [id: string, name: string])[],
): RuleStateDto {
  const { group, required, isSatisfied, by } = rule;
  return {
    group,
    required,
    isSatisfied,
    by: by.map((each) => each.row.reviewer.displayName),
    mayStill: still.slice(0, NAMED_MAX).map(([, name]) => name),
    mayStillCount: still.length,
  };
}
