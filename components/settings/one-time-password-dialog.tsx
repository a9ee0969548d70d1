'use client';

import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';

export interface OneTimePassword {
  name: string;
  password: string;
}

/** Shows a one-time password, the only time that it can be seen. */
export function OneTimePasswordDialog({ made, onClose }: { made: OneTimePassword; onClose: () => void }) {
  return (
    <Dialog
      title={`One-time password for ${made.name}`}
      isOpen
      onClose={onClose}
      footer={
        <Button variant="primary" onClick={onClose}>
          I have it
        </Button>
      }
    >
      <div className="grid gap-3">
        <div className="flex items-center gap-1 rounded-md border border-line bg-sunken py-1 pr-1 pl-3">
          <code className="min-w-0 flex-1 text-lg break-all select-all">{made.password}</code>
          <CopyButton text={made.password} label="one-time password" />
        </div>
        <p>
          <b className="font-semibold">It is shown only now.</b> Hand it over in a way that others can’t read.
          At the first sign-in it must be changed.
        </p>
        <p className="text-muted">If it gets lost, reset the password to make another one.</p>
      </div>
    </Dialog>
  );
}
