import type { BoardDto, BoardEdgeDto, BoardStageDto } from '@/lib/contracts/board';
import { describeEdge, type EdgeWords } from './describe-edge';

/** An edge with the words on it. */
export interface BoardEdge {
  edge: BoardEdgeDto;
  words: EdgeWords;
}

export interface BoardColumn {
  stage: BoardStageDto;
  /** Edges that lead from this stage to the one right of it. */
  edges: BoardEdge[];
  /** Other edges that leave this stage: they skip one or lead back, and are listed in the card. */
  otherEdges: BoardEdge[];
}

/** The board as columns from left to right, in the stages' order, each edge where it can be drawn. */
export function arrangeBoard(board: Pick<BoardDto, 'stages' | 'edges'>): BoardColumn[] {
  const byName = new Map(board.stages.map((stage) => [stage.stage.name, stage]));
  return board.stages.map((stage, index) => {
    const next = board.stages[index + 1]?.stage.name;
    const leaving = board.edges
      .filter((edge) => edge.from === stage.stage.name)
      .map((edge) => ({ edge, words: describeEdge(edge, stage, byName.get(edge.to)) }));
    return {
      stage,
      edges: leaving.filter(({ edge }) => edge.to === next),
      otherEdges: leaving.filter(({ edge }) => edge.to !== next),
    };
  });
}

/** Refs that stand out come first; the order is otherwise kept. At most `max` are given back. */
export function shownRefs(refs: BoardStageDto['refs'], max: number): BoardStageDto['refs'] {
  if (refs.length <= max) return refs;
  const standsOut = (ref: BoardStageDto['refs'][number]) =>
    ref.isNew || ref.openPromotion !== null || ref.isBroken || ref.isDrifted || ref.holds.length > 0;
  return [...refs.filter(standsOut), ...refs.filter((ref) => !standsOut(ref))].slice(0, max);
}
