'use client';

import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';

export interface MadeToken {
  account: string;
  secret: string;
}

/** Shows a token, the only time that it can be seen. */
export function TokenSecretDialog({ made, onClose }: { made: MadeToken; onClose: () => void }) {
  return (
    <Dialog
      title={`Token for ${made.account}`}
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
          <code className="min-w-0 flex-1 break-all select-all">{made.secret}</code>
          <CopyButton text={made.secret} label="token" />
        </div>
        <p>
          <b className="font-semibold">It is shown only now.</b> Put it where the program keeps its secrets;
          it goes into the header <code className="text-sm">Authorization: Bearer …</code>
        </p>
        <p className="text-muted">If it gets lost, revoke it and make another one.</p>
      </div>
    </Dialog>
  );
}
