import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { CopyButton } from '@/components/ui/copy-button';
import { Dialog } from '@/components/ui/dialog';

export interface SecretDialogProps {
  title: string;
  secret: string;
  /** What it is, for the button that copies it. */
  label: string;
  /** One that is short enough to be read aloud is larger. */
  isLarge?: boolean;
  /** What to do with it. */
  children: ReactNode;
  whenLost: string;
  onClose: () => void;
}

/** Shows a secret, the only time that it can be seen. */
export function SecretDialog({
  title,
  secret,
  label,
  isLarge = false,
  children,
  whenLost,
  onClose,
}: SecretDialogProps) {
  return (
    <Dialog
      title={title}
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
          <code className={`min-w-0 flex-1 break-all select-all ${isLarge ? 'text-lg' : ''}`}>{secret}</code>
          <CopyButton text={secret} label={label} />
        </div>
        <p>
          <b className="font-semibold">It is shown only now.</b> {children}
        </p>
        <p className="text-muted">{whenLost}</p>
      </div>
    </Dialog>
  );
}
