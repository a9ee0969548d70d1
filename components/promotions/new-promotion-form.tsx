'use client';

import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import type { BoardDto, BoardEdgeDto } from '@/lib/contracts/board';
import type { PlanInput } from '@/lib/contracts/promotion';
import { boardOptions } from '@/lib/query/board';
import { EdgePicker } from './edge-picker';
import { newPromotionHref } from './new-promotion-href';
import { type OfferedRef, offerRefs } from './offer-refs';
import { PlanForm } from './plan-form';
import { RefPicker } from './ref-picker';
import { usePlan } from './use-new-promotion';
import { useNotBefore } from './use-not-before';

export interface NewPromotionFormProps {
  /** From the URL: an edge's id, or `from..to`. */
  edge: string | null;
  refs: readonly string[];
}

/** Choose an edge and refs, see the plan, say why, ask. What is chosen stands in the URL. */
export function NewPromotionForm({ edge: wantedEdge, refs: wantedRefs }: NewPromotionFormProps) {
  const { data: board, error, refetch } = useQuery(boardOptions);
  if (board === undefined) return <Problem error={error} retry={() => void refetch()} />;
  if (board.edges.length === 0) {
    return (
      <EmptyState
        title="There is no edge yet"
        action={<ButtonLink href="/settings/edges">Edges in settings</ButtonLink>}
      >
        An edge says which refs may go from one stage to the next. An admin adds it.
      </EmptyState>
    );
  }
  return <Chooser board={board} wantedEdge={wantedEdge} wantedRefs={wantedRefs} />;
}

interface ChooserProps {
  board: BoardDto;
  wantedEdge: string | null;
  wantedRefs: readonly string[];
}

function Chooser({ board, wantedEdge, wantedRefs }: ChooserProps) {
  const [edgeId, setEdgeId] = useState(() => firstEdge(board.edges, wantedEdge)?.id ?? null);
  const [wanted, setWanted] = useState<ReadonlySet<string>>(() => new Set(wantedRefs));
  const edge = board.edges.find((entry) => entry.id === edgeId) ?? null;
  const offered = edge === null ? [] : offeredOn(board, edge);
  // A ref that was chosen and can no longer come (someone else moved it) is no longer chosen.
  const chosen = new Set(
    offered.filter((entry) => entry.isSelectable && wanted.has(entry.ref)).map((entry) => entry.ref),
  );
  const notBefore = useNotBefore();
  const [wantsEmergency, setWantsEmergency] = useState(false);
  const isEmergency = wantsEmergency && edge?.emergency?.isForMe === true;
  const input = planInputOf(edge, chosen, { notBefore: notBefore.iso, isEmergency });
  const plan = usePlan(input);

  function choose(nextEdge: string, refs: ReadonlySet<string>) {
    setEdgeId(nextEdge);
    setWanted(refs);
    window.history.replaceState(null, '', newPromotionHref(nextEdge, refs));
  }

  return (
    <PlanForm
      what="promotion"
      whyNot={whyNot(edge)}
      input={input}
      plan={plan}
      notBefore={isEmergency ? { ...notBefore.field, error: null } : notBefore.field}
      emergency={{ edge, isOn: isEmergency, onChange: setWantsEmergency }}
    >
      <EdgePicker edges={board.edges} value={edgeId} onChange={(id) => choose(id, new Set())} />
      {edge === null ? null : (
        <RefPicker
          key={edge.id}
          from={edge.from}
          to={edge.to}
          offered={offered}
          chosen={chosen}
          onChange={(refs) => choose(edge.id, refs)}
        />
      )}
    </PlanForm>
  );
}

/** The edge that the URL names, else the only one, else the first along which something can be moved. */
function firstEdge(edges: readonly BoardEdgeDto[], wanted: string | null): BoardEdgeDto | undefined {
  return (
    edges.find((edge) => edge.id === wanted || `${edge.from}..${edge.to}` === wanted) ??
    (wanted === null ? (edges.find((edge) => edge.aheadCount > 0) ?? edges[0]) : undefined)
  );
}

/** Why nothing can be asked for along the edge by this reader; null where it can. */
function whyNot(edge: BoardEdgeDto | null): string | null {
  if (edge === null) return 'Choose an edge first.';
  if (edge.canRequest) return null;
  return `Only a release manager can ask for a promotion into ${edge.to}. You can look at the plan.`;
}

function offeredOn(board: BoardDto, edge: BoardEdgeDto): OfferedRef[] {
  const source = board.stages.find((entry) => entry.stage.name === edge.from);
  const target = board.stages.find((entry) => entry.stage.name === edge.to);
  return source === undefined || target === undefined ? [] : offerRefs(edge, source, target);
}

function planInputOf(
  edge: BoardEdgeDto | null,
  chosen: ReadonlySet<string>,
  { notBefore, isEmergency }: { notBefore: string | undefined; isEmergency: boolean },
): PlanInput | null {
  if (edge === null || chosen.size === 0) return null;
  const refs = [...chosen].sort().map((ref) => ({ ref }));
  // An emergency begins at once.
  if (isEmergency) return { edge: edge.id, refs, emergency: true };
  return { edge: edge.id, refs, ...(notBefore !== undefined && { notBefore }) };
}
