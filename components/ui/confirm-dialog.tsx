'use client';

import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Problem } from '@/components/ui/problem';

export interface ConfirmDialogProps {
  title: string;
  /** What the button says: the act, not "OK". */
  act: string;
  /** What the button that changes nothing says. */
  dismiss?: string;
  variant?: 'primary' | 'danger';
  isBusy: boolean;
  error: unknown;
  onConfirm: () => void;
  onClose: () => void;
  /** What will happen. */
  children: ReactNode;
}

/** Asks once before an act that can't be taken back by a click. */
export function ConfirmDialog({
  title,
  act,
  dismiss = 'Cancel',
  variant = 'primary',
  isBusy,
  error,
  onConfirm,
  onClose,
  children,
}: ConfirmDialogProps) {
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{dismiss}</Button>
          <Button variant={variant} isBusy={isBusy} onClick={onConfirm}>
            {act}
          </Button>
        </>
      }
    >
      <div className="grid gap-3">
        <div>{children}</div>
        <Problem error={error} />
      </div>
    </Dialog>
  );
}
