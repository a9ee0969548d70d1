/** "2 reviewers", "1 of security": a rule in a few words. */
export function ruleText({ group, required }: { group: string | null; required: number }): string {
  if (group === null) return required === 1 ? '1 reviewer' : `${required} reviewers`;
  return `${required} of ${group}`;
}

/** "One reviewer", "Two of security": who is still missing, to begin a sentence with. */
export function missingText({ group, missing }: { group: string | null; missing: number }): string {
  const count = NUMBERS[missing] ?? String(missing);
  if (group === null) return missing === 1 ? `${count} reviewer` : `${count} reviewers`;
  return `${count} of ${group}`;
}

const NUMBERS = ['None', 'One', 'Two', 'Three', 'Four', 'Five'];

/** "a", "a and b", "a, b and c". */
export function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
