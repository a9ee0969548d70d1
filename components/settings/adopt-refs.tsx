'use client';

import { useState } from 'react';
import { z } from 'zod';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { Chip } from '@/components/ui/chip';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { RelativeTime } from '@/components/ui/relative-time';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { StageRefDto } from '@/lib/contracts/stage';
import { useSettingsMutation } from './use-settings-mutation';

const adoptedSchema = z.object({ adopted: z.number().int() });

export interface AdoptRefsProps {
  stage: string;
  refs: readonly StageRefDto[];
  canWrite: boolean;
}

/** Refs that someone changed without Treeline. Nothing is published until they are adopted or put back. */
export function AdoptRefs({ stage, refs, canWrite }: AdoptRefsProps) {
  const [isOpen, setIsOpen] = useState(false);
  const drifted = refs.filter((ref) => ref.isDrifted);
  const adopt = useSettingsMutation<{ refs: string[] }, { adopted: number }>({
    method: 'POST',
    path: `/api/stages/${stage}/adopt`,
    schema: adoptedSchema,
    onDone: () => setIsOpen(false),
  });
  if (drifted.length === 0) return null;
  return (
    <Card
      id="drift"
      title="Changed outside Treeline"
      isFlush
      actions={
        <>
          <Chip tone="wait" hasDot>
            {drifted.length} {drifted.length === 1 ? 'ref' : 'refs'}
          </Chip>
          {canWrite ? (
            <Button size="sm" onClick={() => setIsOpen(true)}>
              Adopt {drifted.length === 1 ? 'it' : `all ${drifted.length}`}
            </Button>
          ) : null}
        </>
      }
    >
      <p className="border-b border-line px-3.5 py-2.5 text-muted">
        No promotion put these refs where they are. The signer signs no summary of {stage} with them in it, so
        promotions into {stage} stop until the refs are put back, or adopted by an admin who knows why they
        changed.
      </p>
      <Table label="Refs changed outside Treeline" className={STACKED.table}>
        <thead className={STACKED.head}>
          <tr>
            <Th>Ref</Th>
            <Th>Is now</Th>
            <Th>Subject</Th>
            <Th isNumeric>Committed</Th>
          </tr>
        </thead>
        <tbody className={STACKED.body}>
          {drifted.map((ref) => (
            <tr key={ref.ref} className={STACKED.row}>
              <Td className={`font-mono text-sm ${STACKED.line}`}>
                <UnsafeText text={ref.ref} />
              </Td>
              <Td className={`whitespace-nowrap ${STACKED.cell}`}>
                {ref.version === null ? null : (
                  <b className="mr-1.5 font-semibold">
                    <UnsafeText text={ref.version} />
                  </b>
                )}
                <Checksum value={ref.checksum} href={`/commits/${ref.checksum}`} />
              </Td>
              <Td className={`text-muted ${STACKED.cell}`}>
                {ref.isBroken ? 'The commit can’t be read' : <UnsafeText text={ref.subject} />}
              </Td>
              <Td isNumeric className={`text-muted ${STACKED.cell}`}>
                {ref.isBroken ? null : <RelativeTime iso={ref.timestamp} />}
              </Td>
            </tr>
          ))}
        </tbody>
      </Table>
      {isOpen ? (
        <ConfirmDialog
          title={`Adopt ${drifted.length === 1 ? 'this ref' : `${drifted.length} refs`} in ${stage}?`}
          act="Adopt"
          isBusy={adopt.isBusy}
          error={adopt.error}
          onConfirm={() => adopt.mutate({ refs: drifted.map((ref) => ref.ref) })}
          onClose={() => setIsOpen(false)}
        >
          <p>
            From then on this counts as meant: the next summary of {stage} is signed with it, and clients get
            it. Nobody reviews that. It is written in the history under your name.
          </p>
          <ul className="mt-2 grid gap-1">
            {drifted.map((ref) => (
              <li key={ref.ref}>
                <code className="text-sm break-all">
                  <UnsafeText text={ref.ref} /> {ref.checksum}
                </code>
              </li>
            ))}
          </ul>
        </ConfirmDialog>
      ) : null}
    </Card>
  );
}
