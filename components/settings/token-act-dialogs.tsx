'use client';

import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import {
  type ServiceAccountDto,
  serviceAccountSchema,
  type TokenDto,
  type UpdateServiceAccountInput,
} from '@/lib/contracts/token';
import { useSettingsMutation } from './use-settings-mutation';

/** Ends a token for good. */
export function RevokeTokenDialog({
  account,
  token,
  onClose,
}: {
  account: ServiceAccountDto;
  token: TokenDto;
  onClose: () => void;
}) {
  const revoke = useSettingsMutation<null, ServiceAccountDto>({
    method: 'DELETE',
    path: `/api/tokens/${encodeURIComponent(token.id)}`,
    schema: serviceAccountSchema,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={`Revoke the token “${token.name}” of ${account.name}?`}
      act="Revoke"
      variant="danger"
      isBusy={revoke.isBusy}
      error={revoke.error}
      onConfirm={() => revoke.mutate(null)}
      onClose={onClose}
    >
      The next request with it is refused, for good. What was asked for with it stays asked for.
    </ConfirmDialog>
  );
}

/** Stops all tokens of a program at once, or lets them work again. */
export function DisableServiceAccountDialog({
  account,
  onClose,
}: {
  account: ServiceAccountDto;
  onClose: () => void;
}) {
  const isDisabled = account.disabledAt !== null;
  const update = useSettingsMutation<UpdateServiceAccountInput, ServiceAccountDto>({
    method: 'PATCH',
    path: `/api/service-accounts/${encodeURIComponent(account.id)}`,
    schema: serviceAccountSchema,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={isDisabled ? `Let ${account.name} work again?` : `Disable ${account.name}?`}
      act={isDisabled ? 'Enable' : 'Disable'}
      variant={isDisabled ? 'primary' : 'danger'}
      isBusy={update.isBusy}
      error={update.error}
      onConfirm={() => update.mutate({ isDisabled: !isDisabled })}
      onClose={onClose}
    >
      {isDisabled
        ? 'Its tokens that are neither revoked nor expired work again.'
        : 'All its tokens are refused from now on. What it asked for stays asked for.'}
    </ConfirmDialog>
  );
}
