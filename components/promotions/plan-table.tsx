import { ArrowRight } from 'lucide-react';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { Size } from '@/components/ui/size';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { VisuallyHidden } from '@/components/ui/visually-hidden';
import { isRemoval, type Plan, type PlanFacts, type PromotionState } from '@/lib/contracts/promotion';
import { planHeadings } from './plan-headings';

type PlanRef = Plan['refs'][number];
type RefFacts = PlanFacts['refs'][number];

export interface PlanTableProps {
  plan: Plan;
  facts: PlanFacts;
  /** Sets the tense of the headings; leave out where nothing has been asked for yet. */
  state?: PromotionState;
}

/** The plan, ref by ref: what the target has, what it would have, and what that costs. */
export function PlanTable({ plan, facts, state }: PlanTableProps) {
  const headings = planHeadings(plan.edge.to, state);
  const factsOf = new Map(facts.refs.map((entry) => [entry.targetRef, entry]));
  return (
    <Card
      title={headings.title}
      isFlush
      actions={
        <span className="text-sm text-faint">
          counted <RelativeTime iso={facts.takenAt} />
        </span>
      }
    >
      <Table label="Refs of the plan" className={STACKED.table}>
        <thead className={STACKED.head}>
          <tr>
            <Th>Ref</Th>
            <Th>{headings.before}</Th>
            <Th>
              <VisuallyHidden>becomes</VisuallyHidden>
            </Th>
            <Th>{headings.after}</Th>
            {isRemoval(plan) ? null : (
              <>
                <Th isNumeric>New objects</Th>
                <Th isNumeric>Clients fetch</Th>
              </>
            )}
          </tr>
        </thead>
        <tbody className={STACKED.body}>
          {plan.refs.map((ref) => (
            <PlanRow key={ref.targetRef} planRef={ref} facts={factsOf.get(ref.targetRef)} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

/** On a narrow screen a row stands as three lines: ref, from and to, cost. */
function PlanRow({ planRef, facts }: { planRef: PlanRef; facts: RefFacts | undefined }) {
  return (
    <tr className="max-sm:grid max-sm:grid-cols-[auto_auto_1fr] max-sm:items-center max-sm:gap-x-2 max-sm:border-b max-sm:border-line max-sm:px-3.5 max-sm:py-2 max-sm:last:border-b-0">
      <Td className={`max-sm:col-span-3 ${STACKED.cell}`}>
        <span className="font-mono text-sm sm:whitespace-nowrap">
          {planRef.sourceRef === planRef.targetRef ? (
            planRef.targetRef
          ) : (
            <>
              {planRef.sourceRef} <span className="font-sans text-muted">as</span> {planRef.targetRef}
            </>
          )}
        </span>
        {facts?.subject ? (
          // It takes the width that the ref’s name has, and asks for none of its own.
          <span className="block w-0 min-w-full truncate text-sm text-muted" title={facts.subject}>
            <UnsafeText text={facts.subject} />
          </span>
        ) : null}
      </Td>
      <Td className={`whitespace-nowrap ${STACKED.cell}`}>
        {planRef.expectedChecksum === null ? (
          <Chip tone="run">new ref</Chip>
        ) : (
          <Head version={facts?.fromVersion ?? null} checksum={planRef.expectedChecksum} />
        )}
      </Td>
      <Td className={`px-0 text-faint ${STACKED.cell}`}>
        <ArrowRight aria-hidden="true" className="size-3.5" />
      </Td>
      <Td className={`whitespace-nowrap ${STACKED.cell}`}>
        {planRef.resultingChecksum === null ? (
          <Chip tone="bad">no ref</Chip>
        ) : (
          <>
            <Head
              version={facts?.toVersion ?? null}
              checksum={planRef.resultingChecksum}
              // A commit that is made anew stands nowhere yet: the one it is made from does.
              hrefChecksum={planRef.sourceChecksum}
            />
            {facts === undefined ? null : (
              <span className="block text-sm text-muted max-sm:hidden">{commitsText(facts.commits)}</span>
            )}
          </>
        )}
      </Td>
      {planRef.resultingChecksum === null ? null : <Cost facts={facts} />}
    </tr>
  );
}

/** What comes with the commit. */
function Cost({ facts }: { facts: RefFacts | undefined }) {
  return (
    <>
      <Td isNumeric className={`max-sm:col-span-3 max-sm:text-left max-sm:text-muted ${STACKED.cell}`}>
        {facts === undefined ? null : <span className="sm:hidden">{commitsText(facts.commits)}, </span>}
        {facts === undefined ? '–' : facts.newObjects.toLocaleString('en-GB')}
        <span className="sm:hidden"> new objects</span>
      </Td>
      <Td isNumeric className={`max-sm:col-span-3 max-sm:text-left max-sm:text-muted ${STACKED.cell}`}>
        <span className="sm:hidden">Clients fetch </span>
        {facts === undefined ? '–' : <Size bytes={facts.newBytes} />}
        {facts !== undefined && !facts.willLink && facts.newObjects > 0 ? (
          <span
            className="block text-sm text-wait"
            title="The two repositories can’t share files, so every object is copied"
          >
            copied, not linked
          </span>
        ) : null}
      </Td>
    </>
  );
}

function commitsText(commits: number): string {
  if (commits === 0) return 'no new commit';
  return `${commits.toLocaleString('en-GB')} ${commits === 1 ? 'commit' : 'commits'}`;
}

interface HeadProps {
  version: string | null;
  checksum: string;
  hrefChecksum?: string;
}

function Head({ version, checksum, hrefChecksum }: HeadProps) {
  return (
    <span className="inline-flex items-center gap-1.5">
      {version === null ? null : (
        <b className="font-semibold">
          <UnsafeText text={version} />
        </b>
      )}
      <Checksum value={checksum} href={`/commits/${hrefChecksum ?? checksum}`} hasCopy={false} />
    </span>
  );
}
