import { SecretDialog } from './secret-dialog';

export interface OneTimePassword {
  name: string;
  password: string;
}

/** Shows a one-time password, the only time that it can be seen. */
export function OneTimePasswordDialog({ made, onClose }: { made: OneTimePassword; onClose: () => void }) {
  return (
    <SecretDialog
      title={`One-time password for ${made.name}`}
      secret={made.password}
      label="one-time password"
      isLarge
      whenLost="If it gets lost, reset the password to make another one."
      onClose={onClose}
    >
      Hand it over in a way that others can’t read. At the first sign-in it must be changed.
    </SecretDialog>
  );
}
