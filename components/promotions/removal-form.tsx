'use client';

import { useQueries, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Card } from '@/components/ui/card';
import { useNow } from '@/components/ui/now-provider';
import { Problem } from '@/components/ui/problem';
import type { FormerCommitsDto } from '@/lib/contracts/commit';
import { mayOn } from '@/lib/contracts/person';
import type { PlanInput } from '@/lib/contracts/promotion';
import type { StagePageDto } from '@/lib/contracts/stage';
import { meOptions } from '@/lib/query/me';
import { formerCommitsOptions, stageOptions } from '@/lib/query/stages';
import { AskCard } from './ask-card';
import { ChecksCard } from './checks-card';
import { commonEdges } from './common-edges';
import { EdgeRulesField } from './edge-rules-field';
import { readNotBefore } from './not-before';
import { PlanPreview } from './plan-preview';
import { removalHref } from './removal-href';
import { RemovalRefsCard } from './removal-refs-card';
import { RemovalText } from './removal-text';
import { usePlan } from './use-new-promotion';

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
  const edge = edges?.find(({ id }) => id === chosen.edge) ?? (edges?.length === 1 ? edges[0] : undefined);
  const [notBeforeText, setNotBeforeText] = useState('');
  const notBefore = readNotBefore(notBeforeText, useNow());
  const input = planInputOf(edge?.id, refs, notBefore.iso);
  const plan = usePlan(input);
  const isReady = input !== null && !plan.isOutdated && plan.error === null;

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
    <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_330px]">
      <div className="grid min-w-0 gap-4">
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
        <PlanPreview
          isChosen={input !== null}
          what="Choose what is to go"
          result={plan.data}
          isOutdated={plan.isOutdated}
          error={plan.error}
          retry={() => void plan.refetch()}
        />
      </div>
      <div className="grid min-w-0 gap-4">
        <AskCard
          what="removal"
          whyNot={whyNot(mayOn(me, 'promotion.remove', stage.name), edges, edge !== undefined)}
          input={input}
          notBefore={{ text: notBeforeText, error: notBefore.error, onChange: setNotBeforeText }}
          emergency={null}
          result={isReady ? plan.data : undefined}
          planAgain={() => plan.refetch()}
        />
        {input !== null && plan.data !== undefined && plan.error === null ? (
          <ChecksCard checks={plan.data.facts.checks} isOutdated={plan.isOutdated} />
        ) : null}
      </div>
    </div>
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
