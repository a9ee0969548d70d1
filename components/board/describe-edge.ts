import type { BoardEdgeDto } from '@/lib/contracts/board';

export interface EdgeWords {
  /** "2 ahead", "up to date", "nothing to promote". */
  headline: string;
  /** "2 refs, 5 commits"; empty where there is nothing to add. */
  detail: string;
  /** Source refs that can be promoted now. */
  refs: string[];
  isAhead: boolean;
}

function plural(number: number, one: string, many: string): string {
  return `${number.toLocaleString('en-GB')} ${number === 1 ? one : many}`;
}

/** What the board writes on an edge. */
export function describeEdge(edge: BoardEdgeDto): EdgeWords {
  const ahead = edge.refs.filter(({ relation }) => relation === 'ahead' || relation === 'missing');
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
    refs: ahead.map(({ sourceRef }) => sourceRef),
    isAhead: ahead.length > 0,
  };
}
