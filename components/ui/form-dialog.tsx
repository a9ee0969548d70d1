import { type ReactNode, useId } from 'react';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { focusFirstInvalid } from '@/components/ui/focus-first-invalid';
import { Problem } from '@/components/ui/problem';

export interface FormDialogProps {
  title: string;
  /** What the button says that sends the form. */
  act: string;
  isBusy: boolean;
  /** What was refused and belongs to no field. */
  error: unknown;
  /** Beside the buttons: what sending it would do. */
  aside?: ReactNode;
  onSubmit: () => void;
  onClose: () => void;
  children: ReactNode;
}

/** A dialog that is a form: Enter sends it, and the first field that is wrong then has the focus. */
export function FormDialog({
  title,
  act,
  isBusy,
  error,
  aside,
  onSubmit,
  onClose,
  children,
}: FormDialogProps) {
  const form = useId();
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      footer={
        <>
          {aside}
          <Button onClick={onClose}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} isBusy={isBusy}>
            {act}
          </Button>
        </>
      }
    >
      <form
        id={form}
        className="grid gap-3.5"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
          focusFirstInvalid(event.currentTarget);
        }}
      >
        {children}
        <Problem error={error} />
      </form>
    </Dialog>
  );
}
