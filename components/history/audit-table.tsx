import Link from 'next/link';
import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { AuditRowDto } from '@/lib/contracts/audit';

/** What nobody is to overlook. */
const LOUD: ReadonlySet<string> = new Set([
  'freeze.overridden',
  'promotion.emergency',
  'emergency.review-overdue',
]);

/** Events of the audit log, newest first. */
export function AuditTable({ rows }: { rows: readonly AuditRowDto[] }) {
  return (
    <Table label="Events, newest first" className={STACKED.table}>
      <thead className={STACKED.head}>
        <tr>
          <Th isNumeric>No.</Th>
          <Th>When</Th>
          <Th>Who and what</Th>
          <Th>Stage</Th>
          <Th>Promotion</Th>
          <Th>Kind</Th>
          <Th>Hash</Th>
        </tr>
      </thead>
      <tbody className={STACKED.body}>
        {rows.map((row) => (
          <Tr key={row.seq} className={STACKED.row}>
            <Td isNumeric className={`text-faint max-sm:order-1 ${STACKED.cell}`}>
              {row.seq}
            </Td>
            <Td className={`text-muted max-sm:order-2 ${STACKED.cell}`}>
              <RelativeTime iso={row.at} />
            </Td>
            <Td className={`min-w-72 break-words ${STACKED.line}`}>
              <b className="font-semibold">
                <UnsafeText text={row.actor} />
              </b>{' '}
              <UnsafeText text={row.text} />
              {row.ref === null ? null : (
                <code className="block text-sm break-all text-muted">
                  <UnsafeText text={row.ref} />
                </code>
              )}
            </Td>
            <Td className={`max-sm:order-3 ${STACKED.cell}`}>
              {row.stage === null ? null : (
                <Link href={`/stages/${encodeURIComponent(row.stage)}`} className="link">
                  {row.stage}
                </Link>
              )}
            </Td>
            <Td className={`max-sm:order-4 ${STACKED.cell}`}>
              {row.promotion === null ? null : (
                <Link href={`/promotions/${row.promotion}`} className="link font-semibold">
                  #{row.promotion}
                </Link>
              )}
            </Td>
            <Td className={`font-mono text-xs whitespace-nowrap text-muted max-sm:order-5 ${STACKED.cell}`}>
              {LOUD.has(row.kind) ? <Chip tone="bad">{row.kind}</Chip> : row.kind}
            </Td>
            <Td className="max-sm:hidden">
              <code className="text-xs text-faint" title={row.hash}>
                {row.hash.slice(0, 10)}
              </code>
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}
