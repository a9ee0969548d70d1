'use client';

import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Problem } from '@/components/ui/problem';
import type { FormerCommitsDto } from '@/lib/contracts/commit';
import { mayOn } from '@/lib/contracts/person';
import type { PlanInput } from '@/lib/contracts/promotion';
import type { StagePageDto } from '@/lib/contracts/stage';
import { meOptions } from '@/lib/query/me';
import { formerCommitsOptions, stageOptions } from '@/lib/query/stages';
import { chosenEdge, commonEdges } from './common-edges';
import { EdgeRulesField } from './edge-rules-field';
import { PlanForm } from './plan-form';
import { type RollbackRef, rollbackHref } from './rollback-href';
import { RollbackKindPicker } from './rollback-kind-picker';
import { RollbackRefsCard } from './rollback-refs-card';
import type { RollbackKind } from './rollback-text';
import { usePlan } from './use-new-promotion';
import { useNotBefore } from './use-not-before';

export interface RollbackFormProps {
  stage: string;
  refs: readonly RollbackRef[];
  kind: RollbackKind;
  /** The edge whose rules hold; null where it is yet to be chosen, or there is only one. */
  edge: string | null;
}

/** Choose what goes back to what, and in which way; see the plan, say why, ask. What is chosen stands in the URL. */
export function RollbackForm(initial: RollbackFormProps) {
  const page = useQuery(stageOptions(initial.stage));
  if (page.data === undefined) return <Problem error={page.error} retry={() => void page.refetch()} />;
  return <Chooser page={page.data} initial={initial} />;
}

function Chooser({ page, initial }: { page: StagePageDto; initial: RollbackFormProps }) {
  const { stage } = page;
  const { data: me } = useQuery(meOptions);
  const [chosen, setChosen] = useState({ refs: initial.refs, kind: initial.kind, edge: initial.edge });
  const { refs, kind } = chosen;
  const former = useQueries({ queries: refs.map(({ ref }) => formerCommitsOptions(stage.name, ref)) });
  const edges = commonEdges(former.map(({ data }) => data));
  const edge = chosenEdge(edges, chosen.edge);
  const notBefore = useNotBefore();
  const input = planInputOf(edge?.id, chosen, notBefore.iso);
  const plan = usePlan(input);

  function choose(change: Partial<typeof chosen>) {
    const next = { ...chosen, ...change };
    setChosen(next);
    window.history.replaceState(null, '', rollbackHref(stage.name, next.refs, next));
  }

  const named = new Set(refs.map(({ ref }) => ref));
  const others = page.refs.filter(({ ref, isPromotable }) => isPromotable && !named.has(ref));
  return (
    <PlanForm
      what="rollback"
      toChoose="Choose for each ref what it goes back to"
      whyNot={whyNot(mayOn(me, 'promotion.rollback', stage.name), refs, edges, edge !== undefined)}
      input={input}
      plan={plan}
      notBefore={notBefore.field}
      emergency={null}
    >
      <RollbackRefsCard
        stage={stage.name}
        refs={refs}
        former={former}
        others={others.map(({ ref }) => ref)}
        onChange={(next) => choose({ refs: next })}
      />
      <EdgeRulesField edges={edges} value={edge?.id ?? ''} onChange={(next) => choose({ edge: next })} />
      <RollbackKindPicker stage={stage.name} value={kind} onChange={(next) => choose({ kind: next })} />
    </PlanForm>
  );
}

function planInputOf(
  edge: string | undefined,
  { refs, kind }: { refs: readonly RollbackRef[]; kind: RollbackKind },
  notBefore: string | undefined,
): PlanInput | null {
  if (edge === undefined || refs.length === 0) return null;
  const wanted: PlanInput['refs'] = [];
  for (const { ref, to } of refs) {
    if (to === null) return null;
    wanted.push({ ref, checksum: to });
  }
  return { kind, edge, refs: wanted, ...(notBefore !== undefined && { notBefore }) };
}

function whyNot(
  mayAsk: boolean,
  refs: readonly RollbackRef[],
  edges: FormerCommitsDto['edges'] | null,
  isEdgeChosen: boolean,
): string | null {
  if (!mayAsk) return 'Only a release manager can ask for a rollback. You can look at the plan.';
  if (edges?.length === 0) return 'No edge brings these refs here, so nobody can approve that they go back.';
  if (refs.some(({ to }) => to === null)) return 'Choose for each ref what it goes back to.';
  return edges !== null && !isEdgeChosen ? 'Choose under the rules of which edge.' : null;
}
