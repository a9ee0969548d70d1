import Link from 'next/link';
import { comparePath } from '@/components/stages/stage-paths';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { Suggestion } from './suggest-comparisons';

function Head({ head }: { head: Suggestion['to'] | null }) {
  if (head === null) return <span className="text-muted">not there yet</span>;
  return (
    <span className="whitespace-nowrap">
      {head.stage}{' '}
      {head.version === null ? null : (
        <b className="font-semibold">
          <UnsafeText text={head.version} />
        </b>
      )}{' '}
      <span className="font-mono text-sm text-faint">{head.checksum.slice(0, 10)}</span>
    </span>
  );
}

/** Before two commits are chosen: what promotions would bring, one click away. */
export function SuggestionsCard({ suggestions }: { suggestions: Suggestion[] }) {
  if (suggestions.length === 0)
    return (
      <Card label="Nothing chosen yet" className="mt-4">
        <EmptyState title="Choose two commits">
          <p>
            Heads of refs are in the list: start to type a stage, or paste a checksum from anywhere. Treeline
            shows which files, packages, sizes and modes differ.
          </p>
        </EmptyState>
      </Card>
    );
  return (
    <Card title="What a promotion would bring" isFlush className="mt-4">
      <Table label="Comparisons worth a look">
        <thead>
          <tr>
            <Th>Ref</Th>
            <Th>From</Th>
            <Th>To</Th>
          </tr>
        </thead>
        <tbody>
          {suggestions.map(({ from, to, ref }) => (
            <Tr key={`${from?.stage} ${from?.checksum} ${to.stage} ${to.checksum} ${ref}`}>
              <Td>
                <Link
                  href={comparePath(from?.checksum ?? null, to.checksum)}
                  className="link font-mono text-sm"
                >
                  <UnsafeText text={ref} />
                </Link>
              </Td>
              <Td>
                <Head head={from} />
              </Td>
              <Td>
                <Head head={to} />
              </Td>
            </Tr>
          ))}
        </tbody>
      </Table>
    </Card>
  );
}
