'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { Problem } from '@/components/ui/problem';
import { Select } from '@/components/ui/select';
import { type AddKeyInput, type StageKeyDto, stageKeySchema } from '@/lib/contracts/stage';
import { useSettingsMutation } from './use-settings-mutation';

export interface KeyDialogProps {
  stage: string;
  onClose: () => void;
}

/** Has the signer make a key pair. The secret half stays with it. */
export function GenerateKeyDialog({ stage, onClose }: KeyDialogProps) {
  const [type, setType] = useState<'ed25519' | 'gpg'>('ed25519');
  const generate = useSettingsMutation<AddKeyInput, StageKeyDto>({
    method: 'POST',
    path: `/api/stages/${stage}/keys`,
    schema: stageKeySchema,
    onDone: onClose,
  });
  return (
    <Dialog
      title={`Generate a key for ${stage}`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button
            variant="primary"
            isBusy={generate.isBusy}
            onClick={() => generate.mutate({ action: 'generate', type })}
          >
            Generate
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <p>
          The signer makes the pair and keeps the secret half: it never leaves the signer, and no page or log
          shows it. The public half is on the stage’s page to download.
        </p>
        <Field
          label="Kind"
          hint={
            type === 'ed25519'
              ? 'For clients with libostree 2020.4 or later, built with ed25519.'
              : 'For clients that check GPG signatures, which every libostree can. The server needs gpg.'
          }
        >
          {(control) => (
            <Select
              {...control}
              value={type}
              onChange={(event) => setType(event.target.value === 'gpg' ? 'gpg' : 'ed25519')}
            >
              <option value="ed25519">ed25519</option>
              <option value="gpg">GPG</option>
            </Select>
          )}
        </Field>
        <p className="rounded-md border border-wait bg-wait-soft px-3 py-2">
          If clients check {stage} with another key already, import that one instead: a new key alone would
          lock them out.
        </p>
        <Problem error={generate.error} />
      </div>
    </Dialog>
  );
}
