import type { CheckDto } from '@/lib/contracts/promotion';

/** One check with the refs it was made for: `parts` holds what was said, once for each different detail. */
export interface CheckGroup {
  code: string;
  title: string;
  result: CheckDto['result'];
  /** A page about it; null where there is none. */
  link: string | null;
  parts: { detail: string; refs: string[] }[];
  /** How many refs it was made for; 0 where it is about the whole. */
  refCount: number;
}

const RANK: Record<CheckDto['result'], number> = { fail: 0, wait: 1, warn: 2, pass: 3 };

/** Checks that say the same of several refs as one; what stops the plan first, warnings next. */
export function groupChecks(checks: readonly CheckDto[]): CheckGroup[] {
  const groups = new Map<string, CheckGroup>();
  for (const check of checks) {
    const key = JSON.stringify([check.code, check.title, check.result]);
    const { code, title, result } = check;
    const group = groups.get(key) ?? {
      code,
      title,
      result,
      link: check.link ?? null,
      parts: [],
      refCount: 0,
    };
    groups.set(key, group);
    if (check.ref !== null) group.refCount += 1;
    const refs = check.ref === null ? [] : [check.ref];
    const same = group.parts.find((part) => part.detail === check.detail);
    if (same === undefined) group.parts.push({ detail: check.detail, refs });
    else same.refs.push(...refs);
  }
  return [...groups.values()].sort((a, b) => RANK[a.result] - RANK[b.result]);
}
