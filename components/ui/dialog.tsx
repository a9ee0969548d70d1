'use client';

import { Dialog as BaseDialog } from '@base-ui/react/dialog';
import { X } from 'lucide-react';
import { type ReactNode, useRef } from 'react';

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
  /** Buttons, at the right end. */
  footer?: ReactNode;
}

/** A modal dialog: it holds the focus, Escape closes it, and the focus goes back where it was. */
export function Dialog({ title, isOpen, onClose, children, footer }: DialogProps) {
  const body = useRef<HTMLDivElement>(null);
  return (
    <BaseDialog.Root open={isOpen} onOpenChange={(open) => (open ? undefined : onClose())}>
      <BaseDialog.Portal>
        <BaseDialog.Backdrop className="fixed inset-0 z-40 bg-overlay" />
        <BaseDialog.Popup
          // Whoever opened it by key or pointer goes on in the first field; on a touch screen that would
          // bring up the keyboard unasked.
          initialFocus={(opened) =>
            opened === 'touch' ||
            (body.current?.querySelector<HTMLElement>('input, textarea, select') ?? true)
          }
          className="fixed top-[12vh] left-1/2 z-50 flex max-h-[76vh] w-[min(560px,calc(100vw-24px))] -translate-x-1/2 flex-col rounded-lg border border-line-strong bg-panel shadow-pop"
        >
          <div className="flex items-center gap-2 border-b border-line py-2 pr-2 pl-4">
            <BaseDialog.Title className="flex-1 text-md font-semibold">{title}</BaseDialog.Title>
            <BaseDialog.Close
              aria-label="Close"
              className="grid size-7 place-items-center rounded-md text-muted hover:bg-hover hover:text-text"
            >
              <X aria-hidden="true" className="size-4" />
            </BaseDialog.Close>
          </div>
          <div ref={body} className="min-h-0 flex-1 overflow-y-auto px-4 py-3">
            {children}
          </div>
          {footer ? (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{footer}</div>
          ) : null}
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
