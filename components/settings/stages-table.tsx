import Link from 'next/link';
import { Chip } from '@/components/ui/chip';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { StageDto } from '@/lib/contracts/stage';

/** The stages in the order of the pipeline. */
export function StagesTable({ stages }: { stages: readonly StageDto[] }) {
  return (
    <Table label="Stages by position" className={STACKED.table}>
      <thead className={STACKED.head}>
        <tr>
          <Th isNumeric>Position</Th>
          <Th>Stage</Th>
          <Th>Repository</Th>
          <Th>Mode</Th>
          <Th isNumeric>Refs</Th>
          <Th>Signs with</Th>
        </tr>
      </thead>
      <tbody className={STACKED.body}>
        {stages.map((stage) => (
          <Tr key={stage.id} className={STACKED.row}>
            <Td isNumeric className={`text-muted ${STACKED.cell}`}>
              {stage.position}
            </Td>
            <Td className={STACKED.cell}>
              <Link href={`/settings/stages/${stage.name}`} className="link font-semibold">
                {stage.name}
              </Link>
            </Td>
            <Td className={`max-w-[44ch] ${STACKED.line}`}>
              <code className="text-sm break-all">
                <UnsafeText text={stage.repoPath} />
              </code>
              {stage.problem === null ? null : (
                <span className="block text-bad">
                  <UnsafeText text={stage.problem} />
                </span>
              )}
            </Td>
            <Td className={`whitespace-nowrap ${STACKED.cell}`}>{stage.mode}</Td>
            <Td isNumeric className={STACKED.cell}>
              {stage.refCount.toLocaleString('en-GB')}
              <span className="text-muted sm:hidden"> {stage.refCount === 1 ? 'ref' : 'refs'}</span>
            </Td>
            <Td className={STACKED.cell}>
              <KeyTypes stage={stage} />
            </Td>
          </Tr>
        ))}
      </tbody>
    </Table>
  );
}

function KeyTypes({ stage }: { stage: StageDto }) {
  const types = new Set(
    stage.keys.filter((key) => key.purpose === 'sign' && key.retiredAt === null).map((key) => key.type),
  );
  if (types.size === 0) return <Chip tone="wait">no key yet</Chip>;
  return (
    <span className="inline-flex flex-wrap gap-1">
      {[...types].map((type) => (
        <Chip key={type} tone="none">
          {type === 'gpg' ? 'GPG' : type}
        </Chip>
      ))}
    </span>
  );
}
