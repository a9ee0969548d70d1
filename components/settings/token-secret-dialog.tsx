import { SecretDialog } from './secret-dialog';

export interface MadeToken {
  account: string;
  secret: string;
}

/** Shows a token, the only time that it can be seen. */
export function TokenSecretDialog({ made, onClose }: { made: MadeToken; onClose: () => void }) {
  return (
    <SecretDialog
      title={`Token for ${made.account}`}
      secret={made.secret}
      label="token"
      whenLost="If it gets lost, revoke it and make another one."
      onClose={onClose}
    >
      Put it where the program keeps its secrets; it goes into the header{' '}
      <code className="text-sm">Authorization: Bearer …</code>
    </SecretDialog>
  );
}
