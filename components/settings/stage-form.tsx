'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Problem } from '@/components/ui/problem';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { RETIRE_GRACE_HOURS_MAX } from '@/lib/contracts/retirement';
import { type StageDto, stageSchema } from '@/lib/contracts/stage';
import { useSettingsMutation } from './use-settings-mutation';

interface StageChange {
  position: number;
  overlapSeconds: number;
  retireGraceHours: number;
}

/** What of a stage can be changed later, beside what can't. */
export function StageForm({ stage, canWrite }: { stage: StageDto; canWrite: boolean }) {
  const [position, setPosition] = useState(String(stage.position));
  const [overlap, setOverlap] = useState(String(stage.overlapSeconds));
  const [grace, setGrace] = useState(String(stage.retireGraceHours));
  const save = useSettingsMutation<StageChange, StageDto>({
    method: 'PATCH',
    path: `/api/stages/${stage.name}`,
    schema: stageSchema,
  });
  const isChanged =
    Number(position) !== stage.position ||
    Number(overlap) !== stage.overlapSeconds ||
    Number(grace) !== stage.retireGraceHours;
  const errors = {
    position: isWhole(position, 999) ? null : 'A whole number from 0 to 999.',
    overlap: isWhole(overlap, 3600) ? null : 'Whole seconds, from 0 to 3600.',
    grace:
      isWhole(grace, RETIRE_GRACE_HOURS_MAX) && Number(grace) > 0
        ? null
        : `Whole hours, from 1 to ${RETIRE_GRACE_HOURS_MAX}.`,
  };
  const isValid = Object.values(errors).every((error) => error === null);

  return (
    <Card title="Repository">
      <div className="grid max-w-[760px] gap-4">
        <dl className="grid gap-x-3 gap-y-1.5 sm:grid-cols-[132px_1fr]">
          <dt className="text-muted">Path</dt>
          <dd>
            <code className="text-sm break-all">
              <UnsafeText text={stage.repoPath} />
            </code>
          </dd>
          <dt className="text-muted">Repo mode</dt>
          <dd>{stage.mode}</dd>
          <dt className="text-muted">Collection ID</dt>
          <dd>{stage.collectionId === null ? 'none' : <UnsafeText text={stage.collectionId} />}</dd>
        </dl>
        <form
          className="grid gap-3"
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            if (save.isBusy || !isValid) return;
            save.mutate({
              position: Number(position),
              overlapSeconds: Number(overlap),
              retireGraceHours: Number(grace),
            });
          }}
        >
          <div className="grid items-start gap-3 sm:grid-cols-2">
            <Field label="Position" hint="From left to right on the board." error={errors.position}>
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  min={0}
                  max={999}
                  disabled={!canWrite}
                  value={position}
                  onChange={(event) => setPosition(event.target.value)}
                />
              )}
            </Field>
            <Field
              label="Overlap, in seconds"
              hint="While a new summary is published its signatures stand beside the old ones for so long, so that no client fails in between. 0 behind Treeline’s own server."
              error={errors.overlap}
            >
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  min={0}
                  max={3600}
                  disabled={!canWrite}
                  value={overlap}
                  onChange={(event) => setOverlap(event.target.value)}
                />
              )}
            </Field>
            <Field
              label="Grace after a removal, in hours"
              hint="So long the commits of a ref that is removed stay, for clients that are in the middle of a pull. It counts for what is removed from now on."
              error={errors.grace}
            >
              {(control) => (
                <Input
                  {...control}
                  type="number"
                  min={1}
                  max={RETIRE_GRACE_HOURS_MAX}
                  disabled={!canWrite}
                  value={grace}
                  onChange={(event) => setGrace(event.target.value)}
                />
              )}
            </Field>
          </div>
          <Problem error={save.error} />
          {canWrite ? (
            <Button
              type="submit"
              isBusy={save.isBusy}
              disabled={!isChanged || !isValid}
              className="justify-self-start"
            >
              Save
            </Button>
          ) : null}
        </form>
      </div>
    </Card>
  );
}

function isWhole(text: string, most: number): boolean {
  return /^\d{1,4}$/.test(text.trim()) && Number(text) <= most;
}
