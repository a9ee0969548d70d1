import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PackageRowDto } from '@/lib/contracts/commit';

function PackageChange({ row }: { row: PackageRowDto }) {
  if (row.fromVersion === null) return <Chip tone="ok">added</Chip>;
  if (row.toVersion === null) return <Chip tone="bad">removed</Chip>;
  return <Chip tone="run">changed</Chip>;
}

function Version({ version }: { version: string | null }) {
  if (version === null)
    return (
      <span className="text-faint">
        <span aria-hidden="true">–</span>
        <span className="sr-only">not there</span>
      </span>
    );
  return <UnsafeText text={version} />;
}

/** Packages whose versions differ. */
export function PackagesCard({ packages }: { packages: PackageRowDto[] }) {
  return (
    <Card title="Packages" isFlush>
      {packages.length === 0 ? (
        <EmptyState title="The same packages in the same versions" />
      ) : (
        <Table label="Packages">
          <thead>
            <tr>
              <Th>Package</Th>
              <Th>From</Th>
              <Th>To</Th>
              <Th>Change</Th>
            </tr>
          </thead>
          <tbody>
            {packages.map((row) => (
              <Tr key={row.name}>
                <Td className="font-semibold">
                  <UnsafeText text={row.name} />
                </Td>
                <Td className="font-mono text-sm text-muted">
                  <Version version={row.fromVersion} />
                </Td>
                <Td className="font-mono text-sm">
                  <Version version={row.toVersion} />
                </Td>
                <Td>
                  <PackageChange row={row} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
