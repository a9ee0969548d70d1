import type { BoardEdgeDto, BoardStageDto } from '@/lib/contracts/board';

/** A ref of the source stage, and whether it may be chosen for a promotion along an edge. */
export interface OfferedRef {
  ref: string;
  /** Its name in the target stage; null where the edge doesn't take it. */
  targetRef: string | null;
  checksum: string;
  version: string | null;
  subject: string;
  timestamp: string;
  relation: BoardEdgeDto['refs'][number]['relation'] | null;
  /** Commits that the target lacks; null where that is not known. */
  commits: number | null;
  targetVersion: string | null;
  targetChecksum: string | null;
  isSelectable: boolean;
  /** Why it can't be chosen, or what to know before choosing it; null where there is nothing to say. */
  note: string | null;
  /** Number of an open promotion that already moves it. */
  openPromotion: number | null;
}

type SourceRef = BoardStageDto['refs'][number];
type EdgeRef = BoardEdgeDto['refs'][number];

/** Why a ref that the edge takes can't be chosen; null where it can. */
function whyNot(source: SourceRef, edgeRef: EdgeRef | undefined, edge: BoardEdgeDto): string | null {
  if (source.isBroken) return 'Its commit can’t be read. Run fsck on the repository.';
  if (!source.isPromotable) return 'Its name isn’t one that can be promoted.';
  if (edgeRef === undefined) return `The edge ${edge.from} → ${edge.to} doesn’t take this ref.`;
  if (edgeRef.relation === 'same') return `${edge.to} already has this commit.`;
  if (edgeRef.relation === 'behind') return `${edge.to} is ahead of ${edge.from} here.`;
  return null;
}

/** What to know before choosing a ref; null where there is nothing to say. */
function caution(
  edgeRef: EdgeRef | undefined,
  edge: BoardEdgeDto,
  openPromotion: number | null,
  isHeld: boolean,
): string | null {
  if (openPromotion !== null) return `#${openPromotion} already asks to move this ref.`;
  if (edgeRef?.removedBy != null) {
    return `#${edgeRef.removedBy} removed it from ${edge.to}: promoting it brings it back.`;
  }
  if (isHeld) return `It is held in ${edge.to}: the run waits until the hold is lifted.`;
  if (edgeRef?.relation === 'diverged')
    return `${edge.to} has commits that ${edge.from} lacks. The plan’s checks say whether it can go.`;
  return null;
}

/**
 * The refs of `source`, each with whether it may take `edge` and why not. Those that may come first;
 * otherwise the order stays as it is.
 */
export function offerRefs(edge: BoardEdgeDto, source: BoardStageDto, target: BoardStageDto): OfferedRef[] {
  const bySource = new Map(edge.refs.map((entry) => [entry.sourceRef, entry]));
  const targetRefs = new Map(target.refs.map((entry) => [entry.ref, entry]));
  const offered = source.refs.map((entry): OfferedRef => {
    const edgeRef = bySource.get(entry.ref);
    const head = edgeRef === undefined ? undefined : targetRefs.get(edgeRef.targetRef);
    const openPromotion = head?.openPromotion ?? null;
    const isHeld = head?.holds.some(({ scope }) => scope === 'every') ?? false;
    const why = whyNot(entry, edgeRef, edge);
    return {
      ref: entry.ref,
      targetRef: edgeRef?.targetRef ?? null,
      checksum: entry.checksum,
      version: entry.version,
      subject: entry.subject,
      timestamp: entry.timestamp,
      relation: edgeRef?.relation ?? null,
      commits: edgeRef?.commits ?? null,
      targetVersion: head?.version ?? null,
      targetChecksum: head?.checksum ?? null,
      isSelectable: why === null,
      note: why ?? caution(edgeRef, edge, openPromotion, isHeld),
      openPromotion,
    };
  });
  return [
    ...offered.filter((entry) => entry.isSelectable),
    ...offered.filter((entry) => !entry.isSelectable),
  ];
}
