'use client';

import { Fragment, useState } from 'react';
import { Button, ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { LocalTime } from '@/components/ui/local-time';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { type FreezeDto, freezeSchema } from '@/lib/contracts/freeze';
import { FreezeDialog } from './freeze-dialog';
import { repeatText, wallText } from './freeze-draft';
import { useSettingsMutation } from './use-settings-mutation';

export interface FreezesViewProps {
  freezes: readonly FreezeDto[];
  stages: readonly string[];
  canWrite: boolean;
}

type Open = { act: 'add' } | { act: 'edit' | 'remove'; freeze: FreezeDto } | null;

/** Times at which nothing is published. */
export function FreezesView({ freezes, stages, canWrite }: FreezesViewProps) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <Card
      title="Freeze windows"
      isFlush
      actions={
        <>
          <ButtonLink size="sm" href="/freezes">
            Calendar
          </ButtonLink>
          {canWrite ? (
            <Button
              size="sm"
              variant={freezes.length === 0 ? 'primary' : 'default'}
              onClick={() => setOpen({ act: 'add' })}
            >
              Add a freeze window
            </Button>
          ) : null}
        </>
      }
    >
      {freezes.length === 0 ? (
        <EmptyState title="No freeze window yet">
          While one holds nothing is published: over weekends, or while nobody is there. What is approved
          waits.
        </EmptyState>
      ) : (
        <Table label="Freeze windows" className={STACKED.table}>
          <thead className={STACKED.head}>
            <tr>
              <Th>Window</Th>
              <Th>Stage</Th>
              <Th>When</Th>
              <Th>Next</Th>
              <Th>
                <span className="sr-only">Change</span>
              </Th>
            </tr>
          </thead>
          <tbody className={STACKED.body}>
            {freezes.map((freeze) => (
              <FreezeRow
                key={freeze.id}
                freeze={freeze}
                onAct={canWrite ? (act) => setOpen({ act, freeze }) : null}
              />
            ))}
          </tbody>
        </Table>
      )}
      {open === null ? null : open.act === 'remove' ? (
        <RemoveFreezeDialog freeze={open.freeze} onClose={close} />
      ) : (
        <FreezeDialog freeze={open.act === 'add' ? null : open.freeze} stages={stages} onClose={close} />
      )}
    </Card>
  );
}

interface FreezeRowProps {
  freeze: FreezeDto;
  onAct: ((act: 'edit' | 'remove') => void) | null;
}

function FreezeRow({ freeze, onAct }: FreezeRowProps) {
  return (
    <Tr className={STACKED.row}>
      <Td className={`min-w-40 break-words ${STACKED.line}`}>
        <span className="font-semibold">
          <UnsafeText text={freeze.name} />
        </span>
        <span className="block text-muted">
          <UnsafeText text={freeze.reason} />
        </span>
      </Td>
      <Td className={STACKED.cell}>{freeze.stage ?? 'all stages'}</Td>
      <Td className={STACKED.line}>
        <span className="tabular-nums">
          {wallText(freeze.start)} to {wallText(freeze.end)}
        </span>
        <span className="block text-muted">
          {freeze.timeZone},{' '}
          {repeatText(freeze.rule)
            .split(/(?<=[;,])/)
            .map((part, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of one rule never move.
              <Fragment key={at}>
                {part}
                <wbr />
              </Fragment>
            ))}
        </span>
      </Td>
      <Td className={STACKED.line}>
        <When freeze={freeze} />
      </Td>
      <Td className={STACKED.line}>
        {onAct === null ? null : (
          <div className="flex flex-wrap gap-1.5 sm:flex-nowrap sm:justify-end">
            <Button
              size="sm"
              aria-label={`Change the freeze window ${freeze.name}`}
              onClick={() => onAct('edit')}
            >
              Change
            </Button>
            <Button
              size="sm"
              variant="danger"
              aria-label={`Remove the freeze window ${freeze.name}`}
              onClick={() => onAct('remove')}
            >
              Remove
            </Button>
          </div>
        )}
      </Td>
    </Tr>
  );
}

function When({ freeze: { now, next } }: { freeze: FreezeDto }) {
  if (now !== null) {
    return (
      <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Chip tone="wait" hasDot>
          holds now
        </Chip>
        <span>
          until <LocalTime iso={now.to} />
        </span>
      </span>
    );
  }
  return next === null ? <span className="text-faint">over</span> : <LocalTime iso={next.from} />;
}

function RemoveFreezeDialog({ freeze, onClose }: { freeze: FreezeDto; onClose: () => void }) {
  const remove = useSettingsMutation<null, FreezeDto>({
    method: 'DELETE',
    path: `/api/freezes/${encodeURIComponent(freeze.id)}`,
    schema: freezeSchema,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={`Remove ${freeze.name}?`}
      act="Remove"
      variant="danger"
      isBusy={remove.isBusy}
      error={remove.error}
      onConfirm={() => remove.mutate(null)}
      onClose={onClose}
    >
      {freeze.now === null
        ? 'It stops nothing from then on.'
        : 'It holds now: approved promotions that wait for it alone begin at once.'}{' '}
      To let one promotion past it, override it on that promotion’s page instead.
    </ConfirmDialog>
  );
}
