import type { PaletteEntry } from './palette-entries';

const SHOWN_MAX = 40;

/** How well `text` answers `word`: 0 not at all, 3 it begins with it, 2 a fragment does, 1 it contains it. */
function scoreWord(text: string, word: string): number {
  const at = text.indexOf(word);
  if (at < 0) return 0;
  if (at === 0) return 3;
  return /[^a-z0-9]/.test(text[at - 1] ?? '') ? 2 : 1;
}

function score(entry: PaletteEntry, words: readonly string[]): number {
  let sum = 0;
  for (const word of words) {
    const label = scoreWord(entry.label.toLowerCase(), word) * 2;
    const best = Math.max(label, scoreWord(entry.note.toLowerCase(), word));
    if (best === 0) return 0;
    sum += best;
  }
  return sum;
}

/** What the typed text means by itself: a whole checksum, or the number of a promotion. */
function directEntry(query: string): PaletteEntry | null {
  if (/^[0-9a-f]{64}$/.test(query))
    return {
      href: `/commits/${query}`,
      group: 'Commits',
      label: query.slice(0, 10),
      note: 'open this commit',
    };
  const number = /^#?([1-9][0-9]{0,8})$/.exec(query)?.[1];
  if (number === undefined) return null;
  return {
    href: `/promotions/${number}`,
    group: 'Promotions',
    label: `#${number}`,
    note: 'open this promotion',
  };
}

/**
 * The entries that hold every word of `query`, best first, 40 at most; all groups in order where the
 * query is empty. A checksum or a promotion's number comes first as itself.
 */
export function rankEntries(entries: readonly PaletteEntry[], query: string): PaletteEntry[] {
  const normalised = query.trim().toLowerCase();
  if (normalised === '') return entries.filter(({ group }) => group !== 'Refs').slice(0, SHOWN_MAX);
  const words = normalised.split(/\s+/);
  const ranked = entries
    .map((entry, index) => ({ entry, index, value: score(entry, words) }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value || a.index - b.index)
    .map(({ entry }) => entry);
  const direct = directEntry(normalised);
  const all =
    direct === null || ranked.some(({ href }) => href === direct.href) ? ranked : [direct, ...ranked];
  return all.slice(0, SHOWN_MAX);
}
