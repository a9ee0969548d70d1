import type { BoardDto } from '@/lib/contracts/board';

/** A commit that can be chosen by name: the head of a ref of a stage. */
export interface Head {
  /** `stage:ref`, as it is typed. */
  name: string;
  checksum: string;
  /** What the list of suggestions says of it. */
  note: string;
}

/** All heads of all stages. */
export function headsOf(board: BoardDto | undefined): Head[] {
  return (board?.stages ?? []).flatMap(({ stage, refs }) =>
    refs
      .filter(({ isBroken }) => !isBroken)
      .map((ref) => ({
        name: `${stage.name}:${ref.ref}`,
        checksum: ref.checksum,
        note: [ref.version, ref.checksum.slice(0, 10)].filter(Boolean).join(' '),
      })),
  );
}

/** The checksum that typed text means: `stage:ref`, a whole checksum, or the beginning of one head's. */
export function parseRev(text: string, heads: readonly Head[]): string | null {
  const typed = text.trim();
  const head = heads.find(({ name }) => name === typed);
  if (head !== undefined) return head.checksum;
  const hex = typed.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(hex)) return hex;
  if (!/^[0-9a-f]{6,63}$/.test(hex)) return null;
  const found = new Set(heads.map(({ checksum }) => checksum).filter((checksum) => checksum.startsWith(hex)));
  return found.size === 1 ? ([...found][0] ?? null) : null;
}
