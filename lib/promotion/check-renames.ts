/** Why these renames are ambiguous, as a sentence; null where they are not. */
export function findRenameProblem(renames: readonly { from: string; to: string }[]): string | null {
  const sources = new Set<string>();
  const targets = new Set<string>();
  for (const { from, to } of renames) {
    if (sources.has(from)) return `${from} is renamed twice`;
    if (targets.has(to)) return `two refs are renamed to ${to}`;
    sources.add(from);
    targets.add(to);
  }
  return null;
}
