'use client';

import { Card } from '@/components/ui/card';
import { LocalTime } from '@/components/ui/local-time';
import { RelativeTime } from '@/components/ui/relative-time';
import { TabLinks } from '@/components/ui/tab-links';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { isRemoval, isRollback, type PromotionDto } from '@/lib/contracts/promotion';
import { ApprovalsCard } from './approvals-card';
import { ChangesTab } from './changes-tab';
import { ChecksCard } from './checks-card';
import { FullChecksums } from './full-checksums';
import { KIND_NAMES, KindChip } from './kind-chip';
import { KindText } from './kind-text';
import { LiveNote } from './live-note';
import { MultilineText } from './multiline-text';
import { PackagesTab } from './packages-tab';
import { PlanTable } from './plan-table';
import { PromotionActions } from './promotion-actions';
import { PromotionNotices } from './promotion-notices';
import { type PromotionTab, promotionTabHref } from './promotion-tabs';
import { ReviewCard } from './review-card';
import { RunCard } from './run-card';
import { StateChip } from './state-chip';
import { StrandedCard } from './stranded-card';
import { Timeline } from './timeline';
import { useLivePromotion } from './use-live-promotion';
import { countComparisons, type RefComparison, usePlanComparisons } from './use-plan-comparisons';

export interface PromotionViewProps {
  initial: PromotionDto;
  tab: PromotionTab;
}

/** A promotion: what it would do, what people said, what the run does, live. */
export function PromotionView({ initial, tab }: PromotionViewProps) {
  const { promotion, live } = useLivePromotion(initial);
  const comparisons = usePlanComparisons(promotion.plan);
  const { changes, packages } = countComparisons(comparisons);
  const href = (to: PromotionTab) => promotionTabHref(promotion.number, to);
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-2">
        <h1 className="text-xl font-semibold">
          <UnsafeText text={promotion.title} />{' '}
          <span className="font-normal text-faint">#{promotion.number}</span>
        </h1>
        <KindChip kind={promotion.kind} />
        <StateChip
          state={promotion.state}
          text={promotion.stateText}
          isWaiting={promotion.waits.length > 0}
        />
        <LiveNote live={live} stateText={promotion.stateText} />
        <span className="flex-1" />
        <PromotionActions promotion={promotion} />
      </div>
      <Request promotion={promotion} />
      <PromotionNotices promotion={promotion} />
      <TabLinks
        label="Views of the promotion"
        current={href(tab)}
        tabs={[
          { href: href('plan'), label: 'Plan' },
          { href: href('changes'), label: 'Changes', count: changes },
          { href: href('packages'), label: 'Packages', count: packages },
          { href: href('checks'), label: 'Checks', count: promotion.facts.checks.length },
          { href: href('run'), label: 'Run' },
          { href: href('timeline'), label: 'Timeline', count: promotion.timeline.length },
        ]}
      />
      <div className="grid items-start gap-4 lg:grid-cols-[minmax(0,1fr)_330px]">
        <div className="grid min-w-0 gap-4">
          <TabContent tab={tab} promotion={promotion} comparisons={comparisons} />
        </div>
        <div className="grid min-w-0 gap-4">
          {promotion.emergency === null ? (
            <ApprovalsCard promotion={promotion} />
          ) : (
            <ReviewCard promotion={promotion} emergency={promotion.emergency} />
          )}
          {tab === 'run' ? null : <LastRun promotion={promotion} />}
          {tab === 'checks' ? null : <ChecksCard checks={promotion.facts.checks} />}
        </div>
      </div>
    </>
  );
}

/** Who asks for what and why, in a sentence. */
function Request({ promotion }: { promotion: PromotionDto }) {
  const { notBefore } = promotion.plan;
  const count = promotion.plan.refs.length;
  return (
    <p className="mt-1 max-w-[120ch] break-words text-muted">
      <UnsafeText text={promotion.requester} />
      {promotion.sponsors.length === 0 ? null : (
        <>
          , a program with a token of <UnsafeText text={promotion.sponsors.join(' and ')} />,
        </>
      )}{' '}
      {isRollback(promotion) ? (
        <>
          asks to take {count === 1 ? 'one ref' : `${count} refs`} of{' '}
          <b className="font-semibold text-text">{promotion.edge.to}</b> back, under the rules of{' '}
          {promotion.edge.from} → {promotion.edge.to}
        </>
      ) : isRemoval(promotion) ? (
        <>
          asks to remove {count === 1 ? 'one ref' : `${count} refs`} from{' '}
          <b className="font-semibold text-text">{promotion.edge.to}</b>, under the rules of{' '}
          {promotion.edge.from} → {promotion.edge.to}
        </>
      ) : (
        <>
          asks to move {count === 1 ? 'one ref' : `${count} refs`} from{' '}
          <b className="font-semibold text-text">{promotion.edge.from}</b> to{' '}
          <b className="font-semibold text-text">{promotion.edge.to}</b>
        </>
      )}
      : “
      <MultilineText text={promotion.reason} />
      ”. Plan{' '}
      <code className="text-sm" title={promotion.planChecksum}>
        {promotion.planChecksum.slice(0, 10)}
      </code>
      , asked for <RelativeTime iso={promotion.createdAt} />
      {notBefore === undefined ? null : (
        <>
          , to begin not before <LocalTime iso={notBefore} />
        </>
      )}
      .
    </p>
  );
}

interface TabContentProps {
  tab: PromotionTab;
  promotion: PromotionDto;
  comparisons: RefComparison[];
}

function TabContent({ tab, promotion, comparisons }: TabContentProps) {
  switch (tab) {
    case 'plan':
      return (
        <>
          {promotion.kind === 'promote' ? null : (
            <Card title={KIND_NAMES[promotion.kind]}>
              <KindText kind={promotion.kind} stage={promotion.edge.to} facts={promotion.facts} />
            </Card>
          )}
          <PlanTable plan={promotion.plan} facts={promotion.facts} state={promotion.state} />
          <StrandedCard plan={promotion.plan} facts={promotion.facts} />
          <PackagesTab comparisons={comparisons} allHref={promotionTabHref(promotion.number, 'packages')} />
          <FullChecksums plan={promotion.plan} planChecksum={promotion.planChecksum} />
        </>
      );
    case 'changes':
      return <ChangesTab number={promotion.number} comparisons={comparisons} />;
    case 'packages':
      return <PackagesTab comparisons={comparisons} />;
    case 'checks':
      return <ChecksCard checks={promotion.facts.checks} isDetailed />;
    case 'run':
      return <Runs promotion={promotion} />;
    case 'timeline':
      return (
        <Card title="Timeline">
          <Timeline entries={promotion.timeline} />
        </Card>
      );
  }
}

function LastRun({ promotion: { runs, state, waits } }: { promotion: PromotionDto }) {
  return <RunCard run={runs.at(-1) ?? null} state={state} waits={waits} />;
}

/** Every attempt, the last one first. */
function Runs({ promotion }: { promotion: PromotionDto }) {
  const { runs, state, waits } = promotion;
  if (runs.length === 0) return <LastRun promotion={promotion} />;
  return runs
    .toReversed()
    .map((run) => <RunCard key={run.id} run={run} state={state} waits={waits} isDetailed />);
}
