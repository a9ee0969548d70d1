'use client';

import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { Input } from '@/components/ui/input';
import { Problem } from '@/components/ui/problem';
import { type InspectionDto, inspectionSchema } from '@/lib/contracts/stage';
import { apiSend } from '@/lib/query/api';
import { InspectionReport } from './inspection-report';
import { NameStageForm } from './name-stage-form';

/** Two steps: look at a repository and say what was found, then give it a name and a place. */
export function AddStageForm({ nextPosition }: { nextPosition: number }) {
  const [repoPath, setRepoPath] = useState('');
  const [error, setError] = useState<string | null>(null);
  const inspect = useMutation({
    mutationFn: (path: string) =>
      apiSend('POST', '/api/stages/inspect', { repoPath: path }, inspectionSchema),
  });
  // What was found holds for the path that was looked at, not for one typed since.
  const found = inspect.data !== undefined && inspect.variables === repoPath.trim() ? inspect.data : null;

  function submit() {
    const path = repoPath.trim();
    if (!path.startsWith('/')) {
      setError('Give the absolute path of a repository on the server: it begins with a slash.');
      return;
    }
    setError(null);
    if (!inspect.isPending) inspect.mutate(path);
  }

  return (
    <Card title="Add a stage" id="add">
      <div className="grid max-w-[760px] gap-4">
        <form
          className="grid gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            submit();
            focusFirstInvalid(event.currentTarget);
          }}
        >
          <Field
            label="Repository"
            hint="The path of an OSTree repository on the server. Looking at it changes nothing."
            error={error}
          >
            {(control) => (
              <Input
                {...control}
                className="font-mono text-sm"
                placeholder="/srv/ostree/staging"
                autoComplete="off"
                spellCheck={false}
                value={repoPath}
                onChange={(event) => setRepoPath(event.target.value)}
              />
            )}
          </Field>
          <Problem error={inspect.variables === repoPath.trim() ? inspect.error : null} />
          <Button
            type="submit"
            variant={found === null ? 'primary' : 'default'}
            isBusy={inspect.isPending}
            className="justify-self-start"
          >
            {found === null ? 'Look at it' : 'Look again'}
          </Button>
        </form>
        {found === null ? null : (
          <>
            <section aria-label="What was found" className="border-t border-line pt-4">
              <InspectionReport inspection={found} />
            </section>
            <Next inspection={found} nextPosition={nextPosition} onAdded={() => setRepoPath('')} />
          </>
        )}
      </div>
    </Card>
  );
}

interface NextProps {
  inspection: InspectionDto;
  nextPosition: number;
  onAdded: () => void;
}

function Next({ inspection, nextPosition, onAdded }: NextProps) {
  if (inspection.findings.some((finding) => finding.level === 'problem')) {
    return (
      <p className="border-t border-line pt-4 text-muted">
        It can’t become a stage like this. Mend the problems above, then look again.
      </p>
    );
  }
  return (
    <div className="border-t border-line pt-4">
      <NameStageForm repoPath={inspection.repoPath} nextPosition={nextPosition} onAdded={onAdded} />
    </div>
  );
}
