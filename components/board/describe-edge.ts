import type { BoardEdgeDto, BoardStageDto } from '@/lib/contracts/board';

export interface EdgeWords {
  /** "2 ahead", "up to date", "nothing to promote". */
  headline: string;
  /** "2 refs, 5 commits"; empty where there is nothing to add. */
  detail: string;
  /** Source refs that can be promoted now and that no open promotion moves already. */
  refs: string[];
  /** Open promotions that move refs of this edge, lowest number first. */
  asked: number[];
  isAhead: boolean;
}

function plural(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`;
}

const NOT_KNOWN: EdgeWords = { headline: 'not known', detail: '', refs: [], asked: [], isAhead: false };

/**
 * What the board writes on an edge between two stages; while one of them can't be read, that it is not known.
 */
export function describeEdge(
  edge: BoardEdgeDto,
  source: BoardStageDto | undefined,
  target: BoardStageDto | undefined,
): EdgeWords {
  if (source?.stage.problem != null || target?.stage.problem != null) return NOT_KNOWN;
  const open = new Map((target?.refs ?? []).map(({ ref, openPromotion }) => [ref, openPromotion]));
  const isAhead = ({ relation, removedBy }: BoardEdgeDto['refs'][number]) =>
    (relation === 'ahead' || relation === 'missing') && removedBy === null;
  const ahead = edge.refs.filter(isAhead);
  const removed = edge.refs.filter(({ removedBy }) => removedBy !== null).length;
  const diverged = edge.refs.filter(({ relation }) => relation === 'diverged').length;
  const behind = edge.refs.filter(({ relation }) => relation === 'behind').length;
  const details: string[] = [];
  if (ahead.length > 0) {
    const commits = ahead.every((ref) => ref.commits !== null)
      ? ahead.reduce((sum, ref) => sum + (ref.commits ?? 0), 0)
      : null;
    details.push(plural(ahead.length, 'ref', 'refs'));
    if (commits !== null && commits > 0) details.push(plural(commits, 'commit', 'commits'));
    const missing = ahead.filter(({ relation }) => relation === 'missing').length;
    if (missing > 0) details.push(`${missing} new there`);
  }
  if (diverged > 0) details.push(`${diverged} diverged`);
  if (behind > 0) details.push(`${behind} behind`);
  if (removed > 0) details.push(`${removed} removed`);
  const headline =
    ahead.length > 0
      ? `${ahead.length.toLocaleString('en-GB')} ahead`
      : edge.refs.length === 0
        ? 'no refs'
        : diverged + behind > 0
          ? 'not ahead'
          : 'up to date';
  return {
    headline,
    detail: details.join(', '),
    refs: ahead.filter(({ targetRef }) => open.get(targetRef) == null).map(({ sourceRef }) => sourceRef),
    asked: [...new Set(ahead.map(({ targetRef }) => open.get(targetRef) ?? null))]
      .filter((number) => number !== null)
      .sort((a, b) => a - b),
    isAhead: ahead.length > 0,
  };
}
