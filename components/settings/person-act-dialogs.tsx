'use client';

import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import {
  type PersonDto,
  type UpdatedPersonDto,
  type UpdatePersonInput,
  updatedPersonSchema,
} from '@/lib/contracts/person';
import type { OneTimePassword } from './one-time-password-dialog';
import { useSettingsMutation } from './use-settings-mutation';

interface ActDialogProps {
  person: PersonDto;
  onClose: () => void;
}

function usePersonUpdate(person: PersonDto, onDone: (updated: UpdatedPersonDto) => void) {
  return useSettingsMutation<UpdatePersonInput, UpdatedPersonDto>({
    method: 'PATCH',
    path: `/api/people/${encodeURIComponent(person.id)}`,
    schema: updatedPersonSchema,
    onDone,
  });
}

/** Makes a new one-time password for a person. */
export function ResetPasswordDialog({
  person,
  onClose,
  onPassword,
}: ActDialogProps & { onPassword: (made: OneTimePassword | null) => void }) {
  const reset = usePersonUpdate(person, (updated) =>
    onPassword(
      updated.oneTimePassword === null ? null : { name: person.name, password: updated.oneTimePassword },
    ),
  );
  return (
    <ConfirmDialog
      title={`Reset the password of ${person.name}?`}
      act="Reset password"
      isBusy={reset.isBusy}
      error={reset.error}
      onConfirm={() => reset.mutate({ resetPassword: true })}
      onClose={onClose}
    >
      The present one stops working and all of {person.name}’s sessions end. You get a one-time password to
      hand over.
    </ConfirmDialog>
  );
}

/** Shuts a person out, or lets them in again. */
export function DisablePersonDialog({ person, onClose }: ActDialogProps) {
  const isDisabled = person.disabledAt !== null;
  const update = usePersonUpdate(person, onClose);
  return (
    <ConfirmDialog
      title={isDisabled ? `Let ${person.name} in again?` : `Disable ${person.name}?`}
      act={isDisabled ? 'Enable' : 'Disable'}
      variant={isDisabled ? 'primary' : 'danger'}
      isBusy={update.isBusy}
      error={update.error}
      onConfirm={() => update.mutate({ isDisabled: !isDisabled })}
      onClose={onClose}
    >
      {isDisabled
        ? 'They can sign in with the password they had.'
        : 'Their sessions end at once and they can’t sign in. What they did stays in the history under their name.'}
    </ConfirmDialog>
  );
}
