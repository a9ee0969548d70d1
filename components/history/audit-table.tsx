import Link from 'next/link';
import { RelativeTime } from '@/components/ui/relative-time';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { AuditRowDto } from '@/lib/contracts/audit';

/** Events of the audit log, newest first. */
export function AuditTable({ rows }: { rows: readonly AuditRowDto[] }) {
  return (
    <Table label="Events">
      <thead>
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
      <tbody>
        {rows.map((row) => (
          <Tr key={row.seq}>
            <Td isNumeric className="text-faint">
              {row.seq}
            </Td>
            <Td className="text-muted">
              <RelativeTime iso={row.at} />
            </Td>
            <Td className="min-w-72 break-words">
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
            <Td>
              {row.stage === null ? null : (
                <Link href={`/stages/${encodeURIComponent(row.stage)}`} className="link">
                  {row.stage}
                </Link>
              )}
            </Td>
            <Td>
              {row.promotion === null ? null : (
                <Link href={`/promotions/${row.promotion}`} className="link font-semibold">
                  #{row.promotion}
                </Link>
              )}
            </Td>
            <Td className="font-mono text-xs whitespace-nowrap text-muted">{row.kind}</Td>
            <Td>
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
