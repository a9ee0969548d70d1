/** The ref that carries a repository's metadata; Treeline never writes or promotes it. */
export const METADATA_REF = 'ostree-metadata';

export interface RefRules {
  refGlobs: readonly string[];
  renames: readonly { from: string; to: string }[];
}

/**
 * Whether `ref` matches `glob`: `*` stands for any run of characters without `/`, `**` for any run at all,
 * everything else for itself. Linear in the length of the ref for each star, without backtracking.
 */
export function matchGlob(glob: string, ref: string): boolean {
  const tokens = glob.split(/(\*+)/).filter((token) => token !== '');
  // Positions in `ref` that the tokens so far can reach.
  let reached = new Set([0]);
  for (const token of tokens) {
    const next = new Set<number>();
    for (const at of reached) {
      if (!token.startsWith('*')) {
        if (ref.startsWith(token, at)) next.add(at + token.length);
        continue;
      }
      const slash = token === '*' ? ref.indexOf('/', at) : -1;
      const end = slash < 0 ? ref.length : slash;
      for (let to = at; to <= end; to++) next.add(to);
    }
    reached = next;
  }
  return reached.has(ref.length);
}

/** Whether an edge with these rules takes `sourceRef`. */
export function isRefTaken(rules: RefRules, sourceRef: string): boolean {
  if (sourceRef === METADATA_REF) return false;
  return rules.refGlobs.some((glob) => matchGlob(glob, sourceRef));
}

/** Whether an edge with these rules could bring a ref of this name into its target. */
export function isTargetRefTaken(rules: RefRules, targetRef: string): boolean {
  const sources = [targetRef, ...rules.renames.filter(({ to }) => to === targetRef).map(({ from }) => from)];
  return sources.some((ref) => targetRefOf(rules, ref) === targetRef && isRefTaken(rules, ref));
}

/** What `sourceRef` is called in the target. */
export function targetRefOf(rules: RefRules, sourceRef: string): string {
  return rules.renames.find((rename) => rename.from === sourceRef)?.to ?? sourceRef;
}
