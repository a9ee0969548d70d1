'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field } from '@/components/ui/field';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { Problem } from '@/components/ui/problem';
import { Textarea } from '@/components/ui/textarea';
import { type AddKeyInput, type StageKeyDto, stageKeySchema } from '@/lib/contracts/stage';
import type { KeyDialogProps } from './generate-key-dialog';
import { readPublicKey } from './read-public-key';
import { useSettingsMutation } from './use-settings-mutation';

/** Takes a public key whose signatures the stage accepts on its commits. */
export function TrustKeyDialog({ stage, onClose }: KeyDialogProps) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const trust = useSettingsMutation<AddKeyInput, StageKeyDto>({
    method: 'POST',
    path: `/api/stages/${stage}/keys`,
    schema: stageKeySchema,
    onDone: onClose,
  });

  function submit() {
    const read = readPublicKey(text);
    if ('error' in read) {
      setError(read.error);
      return;
    }
    setError(null);
    if (!trust.isBusy) trust.mutate({ action: 'trust', type: read.type, publicKey: read.publicKey });
  }

  return (
    <Dialog
      title={`Trust a public key in ${stage}`}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form="trust-key" isBusy={trust.isBusy}>
            Trust it
          </Button>
        </>
      }
    >
      <form
        id="trust-key"
        className="grid gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          submit();
          focusFirstInvalid(event.currentTarget);
        }}
      >
        <p>
          Once {stage} trusts a key, only commits signed by one of its keys can be promoted from here: that of
          your build system, say.
        </p>
        <Field
          label="Public key"
          hint="ed25519: the base64 line of the public key file. GPG: the block that gpg --armor --export prints."
          error={error}
        >
          {(control) => (
            <Textarea
              {...control}
              rows={6}
              className="font-mono text-sm"
              spellCheck={false}
              autoComplete="off"
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setError(null);
              }}
            />
          )}
        </Field>
        <Problem error={trust.error} />
      </form>
    </Dialog>
  );
}
