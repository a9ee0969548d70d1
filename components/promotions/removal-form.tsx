'use client';

import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Card } from '@/components/ui/card';
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
import { removalHref } from './removal-href';
import { RemovalRefsCard } from './removal-refs-card';
import { RemovalText } from './removal-text';
import { usePlan } from './use-new-promotion';
import { useNotBefore } from './use-not-before';

export interface RemovalFormProps {
  stage: string;
  refs: readonly string[];
  /** The edge whose rules hold; null where it is yet to be chosen, or there is only one. */
  edge: string | null;
}

/** Choose what goes; see whom that strands, say why, ask. What is chosen stands in the URL. */
export function RemovalForm(initial: RemovalFormProps) {
  const page = useQuery(stageOptions(initial.stage));
  if (page.data === undefined) return <Problem error={page.error} retry={() => void page.refetch()} />;
  return <Chooser page={page.data} initial={initial} />;
}

function Chooser({ page, initial }: { page: StagePageDto; initial: RemovalFormProps }) {
  const { stage } = page;
  const { data: me } = useQuery(meOptions);
  const [chosen, setChosen] = useState({ refs: initial.refs, edge: initial.edge });
  const { refs } = chosen;
  const former = useQueries({ queries: refs.map((ref) => formerCommitsOptions(stage.name, ref)) });
  const failed = former.find(({ error }) => error !== null);
  const edges = commonEdges(former.map(({ data }) => data));
  const edge = chosenEdge(edges, chosen.edge);
  const notBefore = useNotBefore();
  const input = planInputOf(edge?.id, refs, notBefore.iso);
  const plan = usePlan(input);

  function choose(change: Partial<typeof chosen>) {
    const next = { ...chosen, ...change };
    setChosen(next);
    window.history.replaceState(null, '', removalHref(stage.name, next.refs, next.edge));
  }

  const named = new Set(refs);
  const others = page.refs.filter(
    ({ ref, isPromotable, isBroughtByEdge }) => isPromotable && isBroughtByEdge && !named.has(ref),
  );
  return (
    <PlanForm
      what="removal"
      toChoose="Choose what is to go"
      whyNot={whyNot(mayOn(me, 'promotion.remove', stage.name), edges, edge !== undefined)}
      input={input}
      plan={plan}
      notBefore={notBefore.field}
      emergency={null}
    >
      <RemovalRefsCard
        stage={stage.name}
        refs={refs}
        others={others.map(({ ref }) => ref)}
        onChange={(next) => choose({ refs: next })}
      />
      {failed === undefined ? null : <Problem error={failed.error} retry={() => void failed.refetch()} />}
      <EdgeRulesField edges={edges} value={edge?.id ?? ''} onChange={(next) => choose({ edge: next })} />
      <Card title="What a removal does">
        <RemovalText stage={stage.name} graceHours={stage.retireGraceHours} />
      </Card>
    </PlanForm>
  );
}

function planInputOf(
  edge: string | undefined,
  refs: readonly string[],
  notBefore: string | undefined,
): PlanInput | null {
  if (edge === undefined || refs.length === 0) return null;
  return {
    kind: 'remove',
    edge,
    refs: refs.map((ref) => ({ ref })),
    ...(notBefore !== undefined && { notBefore }),
  };
}

function whyNot(
  mayAsk: boolean,
  edges: FormerCommitsDto['edges'] | null,
  isEdgeChosen: boolean,
): string | null {
  if (!mayAsk) return 'Only a release manager can ask for a removal. You can look at the plan.';
  if (edges?.length === 0) return 'No edge brings these refs here, so nobody can approve that they go.';
  return edges !== null && !isEdgeChosen ? 'Choose under the rules of which edge.' : null;
}
