import { ApiProblem } from '@/lib/query/api';

/** What the server found wrong, told apart: what belongs to a field, and what is left to say at the end. */
export interface SplitProblem {
  fields: Record<string, string>;
  /** The error itself where a field of it isn't on the form; null where the fields say it all. */
  rest: unknown;
}

/**
 * Tells a refusal's field errors apart, so that each stands at its field and nothing is said twice.
 * @param error what the mutation threw, if anything
 * @param known the fields that the form has; `refGlobs.0` counts as `refGlobs`
 */
export function splitProblem(error: unknown, known: readonly string[]): SplitProblem {
  const given = error instanceof ApiProblem ? Object.entries(error.problem.fields ?? {}) : [];
  const fields: Record<string, string> = {};
  let isAllKnown = given.length > 0;
  for (const [path, text] of given) {
    const field = path.split('.', 1)[0] ?? path;
    if (known.includes(field)) fields[field] ??= `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
    else isAllKnown = false;
  }
  return { fields, rest: isAllKnown ? null : error };
}
