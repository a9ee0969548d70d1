import { ArrowRight } from 'lucide-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { RelativeTime } from '@/components/ui/relative-time';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PromotionRowDto } from '@/lib/contracts/promotion';
import { EmergencyNote } from './emergency-chip';
import { KindChip } from './kind-chip';
import { StateChip } from './state-chip';
import { WaitNote } from './wait-text';

export interface PromotionsTableProps {
  /** What the table lists. */
  label: string;
  rows: readonly PromotionRowDto[];
  /** Says more below the state of a row, where there is more to say. */
  note?: (number: number) => ReactNode;
}

/** Promotions, a row each. */
export function PromotionsTable({ label, rows, note }: PromotionsTableProps) {
  return (
    <Table label={label} className={STACKED.table}>
      <thead className={STACKED.head}>
        <tr>
          <Th>Promotion</Th>
          <Th>Edge</Th>
          <Th>State</Th>
          <Th>Asked by</Th>
          <Th isNumeric>Asked</Th>
        </tr>
      </thead>
      <tbody className={STACKED.body}>
        {rows.map((row) => (
          <PromotionRow key={row.number} row={row} note={note?.(row.number)} />
        ))}
      </tbody>
    </Table>
  );
}

function PromotionRow({ row, note }: { row: PromotionRowDto; note: ReactNode }) {
  return (
    <Tr className={STACKED.row}>
      <Td className={`min-w-56 ${STACKED.line}`}>
        <Link href={`/promotions/${row.number}`} className="link">
          <b className="font-semibold">#{row.number}</b> <UnsafeText text={row.title} />
        </Link>{' '}
        <KindChip kind={row.kind} />
        <span className="block max-w-[60ch] truncate text-muted" title={row.refs.join('\n')}>
          <UnsafeText text={row.reason.split('\n', 1)[0] ?? ''} />
        </span>
      </Td>
      <Td className={`whitespace-nowrap text-muted max-sm:order-1 ${STACKED.cell}`}>
        <EdgeText row={row} />
        <span className="block text-sm text-faint max-sm:hidden">
          {row.refs.length} {row.refs.length === 1 ? 'ref' : 'refs'}
        </span>
      </Td>
      <Td className={STACKED.cell}>
        <StateChip state={row.state} text={row.stateText} isWaiting={row.waits.length > 0} />
        <EmergencyNote emergency={row.emergency} />
        <WaitNote waits={row.waits} />
        {row.supersedes === null ? null : (
          <span className="block text-sm text-muted">supersedes #{row.supersedes}</span>
        )}
        {note}
      </Td>
      <Td className={`whitespace-nowrap max-sm:order-2 max-sm:text-muted ${STACKED.cell}`}>
        <UnsafeText text={row.requester} />
      </Td>
      <Td isNumeric className={`text-muted max-sm:order-3 ${STACKED.cell}`}>
        <RelativeTime iso={row.createdAt} />
      </Td>
    </Tr>
  );
}

/** Which way it goes; a rollback stays where it is. */
function EdgeText({ row: { edge, kind } }: { row: PromotionRowDto }) {
  if (kind !== 'promote') return <>within {edge.to}</>;
  return (
    <span className="inline-flex items-center gap-1">
      {edge.from}
      <ArrowRight aria-label="to" className="size-3" />
      {edge.to}
    </span>
  );
}
