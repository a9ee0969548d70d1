import type { BoardDto } from '@/lib/contracts/board';

/** A comparison worth a look: what an edge would bring. */
export interface Suggestion {
  from: { stage: string; version: string | null; checksum: string } | null;
  to: { stage: string; version: string | null; checksum: string };
  ref: string;
}

/**
 * What would change if refs were promoted now: the target's head against the source's, for each ref that
 * is not the same on both sides of an edge. At most `max`.
 */
export function suggestComparisons(board: BoardDto, max: number): Suggestion[] {
  const heads = new Map(
    board.stages.flatMap(({ stage, refs }) =>
      refs.filter(({ isBroken }) => !isBroken).map((ref) => [`${stage.name} ${ref.ref}`, ref] as const),
    ),
  );
  const suggestions: Suggestion[] = [];
  for (const edge of board.edges) {
    for (const { sourceRef, targetRef, relation } of edge.refs) {
      const source = heads.get(`${edge.from} ${sourceRef}`);
      if (relation === 'same' || source === undefined) continue;
      const target = heads.get(`${edge.to} ${targetRef}`);
      suggestions.push({
        from:
          target === undefined
            ? null
            : { stage: edge.to, version: target.version, checksum: target.checksum },
        to: { stage: edge.from, version: source.version, checksum: source.checksum },
        ref: sourceRef,
      });
      if (suggestions.length === max) return suggestions;
    }
  }
  return suggestions;
}
