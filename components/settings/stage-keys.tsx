'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { CopyButton } from '@/components/ui/copy-button';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th } from '@/components/ui/table';
import type { StageDto, StageKeyDto } from '@/lib/contracts/stage';
import { GenerateKeyDialog } from './generate-key-dialog';
import { ImportKeyNote } from './import-key-note';
import { TrustKeyDialog } from './trust-key-dialog';

export interface StageKeysProps {
  stage: StageDto;
  canWrite: boolean;
}

/** The keys of a stage: what it signs with, and whose signatures it accepts. */
export function StageKeys({ stage, canWrite }: StageKeysProps) {
  const [open, setOpen] = useState<'generate' | 'trust' | null>(null);
  const close = () => setOpen(null);
  return (
    <Card
      title="Keys"
      id="keys"
      isFlush
      actions={
        canWrite ? (
          <>
            <Button size="sm" onClick={() => setOpen('trust')}>
              Trust a public key
            </Button>
            <Button
              size="sm"
              variant={hasSigningKey(stage) ? 'default' : 'primary'}
              onClick={() => setOpen('generate')}
            >
              Generate a key
            </Button>
          </>
        ) : null
      }
    >
      {stage.keys.length === 0 ? (
        <EmptyState title="No key yet">
          Without one nothing can be promoted into {stage.name}: its summary could not be signed. Generate a
          key, or import the one that its clients trust already.
        </EmptyState>
      ) : (
        <Table label="Keys of the stage" className={STACKED.table}>
          <thead className={STACKED.head}>
            <tr>
              <Th>Key</Th>
              <Th>Kind</Th>
              <Th>Use</Th>
              <Th isNumeric>Since</Th>
            </tr>
          </thead>
          <tbody className={STACKED.body}>
            {stage.keys.map((key) => (
              <KeyRow key={key.id} stageKey={key} />
            ))}
          </tbody>
        </Table>
      )}
      {canWrite ? <ImportKeyNote stage={stage.name} /> : null}
      {open === 'generate' ? <GenerateKeyDialog stage={stage.name} onClose={close} /> : null}
      {open === 'trust' ? <TrustKeyDialog stage={stage.name} onClose={close} /> : null}
    </Card>
  );
}

function hasSigningKey(stage: StageDto): boolean {
  return stage.keys.some((key) => key.purpose === 'sign' && key.retiredAt === null);
}

function KeyRow({ stageKey: key }: { stageKey: StageKeyDto }) {
  return (
    <tr className={STACKED.row}>
      <Td className={STACKED.line}>
        <span className="flex items-start gap-1">
          <code className={`text-sm break-all ${key.retiredAt === null ? '' : 'text-muted line-through'}`}>
            {key.keyId}
          </code>
          <CopyButton text={key.keyId} label={`key ${key.keyId.slice(0, 10)}`} className="-my-0.5" />
        </span>
      </Td>
      <Td className={STACKED.cell}>{key.type === 'gpg' ? 'GPG' : key.type}</Td>
      <Td className={STACKED.cell}>
        {key.retiredAt !== null ? (
          <Chip tone="none">retired</Chip>
        ) : key.purpose === 'sign' ? (
          <Chip tone="ok">signs</Chip>
        ) : (
          <Chip tone="none">trusted</Chip>
        )}
      </Td>
      <Td isNumeric className={`text-muted ${STACKED.cell}`}>
        <RelativeTime iso={key.createdAt} />
      </Td>
    </tr>
  );
}
