import { ArrowRight } from 'lucide-react';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { Size } from '@/components/ui/size';
import { Table, Td, Th } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { VisuallyHidden } from '@/components/ui/visually-hidden';
import type { Plan, PlanFacts, PromotionState } from '@/lib/contracts/promotion';
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
      <Table label={headings.title}>
        <thead>
          <tr>
            <Th>Ref</Th>
            <Th>{headings.before}</Th>
            <Th>
              <VisuallyHidden>becomes</VisuallyHidden>
            </Th>
            <Th>{headings.after}</Th>
            <Th isNumeric>Commits</Th>
            <Th isNumeric>New objects</Th>
            <Th isNumeric>Clients fetch</Th>
          </tr>
        </thead>
        <tbody>
          {plan.refs.map((ref) => (
            <PlanRow key={ref.targetRef} planRef={ref} facts={factsOf.get(ref.targetRef)} />
          ))}
        </tbody>
      </Table>
    </Card>
  );
}

function PlanRow({ planRef, facts }: { planRef: PlanRef; facts: RefFacts | undefined }) {
  return (
    <tr>
      <Td className="font-mono text-sm whitespace-nowrap">
        {planRef.sourceRef === planRef.targetRef ? (
          planRef.targetRef
        ) : (
          <>
            {planRef.sourceRef} <span className="font-sans text-muted">as</span> {planRef.targetRef}
          </>
        )}
        {facts?.subject ? (
          <span className="block max-w-[38ch] truncate font-sans text-muted">
            <UnsafeText text={facts.subject} />
          </span>
        ) : null}
      </Td>
      <Td className="whitespace-nowrap">
        {planRef.expectedChecksum === null ? (
          <Chip tone="run">new ref</Chip>
        ) : (
          <Head version={facts?.fromVersion ?? null} checksum={planRef.expectedChecksum} />
        )}
      </Td>
      <Td className="px-0 text-faint">
        <ArrowRight aria-hidden="true" className="size-3.5" />
      </Td>
      <Td className="whitespace-nowrap">
        <Head
          version={facts?.toVersion ?? null}
          checksum={planRef.resultingChecksum}
          // A commit that is made anew stands nowhere yet: the one it is made from does.
          hrefChecksum={planRef.sourceChecksum}
        />
      </Td>
      <Td isNumeric>{facts === undefined ? '–' : facts.commits.toLocaleString('en-GB')}</Td>
      <Td isNumeric>{facts === undefined ? '–' : facts.newObjects.toLocaleString('en-GB')}</Td>
      <Td isNumeric>
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
    </tr>
  );
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
      <Checksum value={checksum} href={`/commits/${hrefChecksum ?? checksum}`} />
    </span>
  );
}
