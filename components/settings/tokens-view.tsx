'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PersonDto } from '@/lib/contracts/person';
import type { ServiceAccountDto, TokenDto } from '@/lib/contracts/token';
import { ServiceAccountDialog } from './service-account-dialog';
import { DisableServiceAccountDialog, RevokeTokenDialog } from './token-act-dialogs';
import { TokenDialog } from './token-dialog';
import { type MadeToken, TokenSecretDialog } from './token-secret-dialog';
import { TokensTable } from './tokens-table';

export interface TokensViewProps {
  accounts: readonly ServiceAccountDto[];
  people: readonly PersonDto[];
  /** Names of all stages. */
  stages: readonly string[];
  canWrite: boolean;
}

type Open =
  | { act: 'add' }
  | { act: 'edit' | 'disable' | 'token'; account: ServiceAccountDto }
  | { act: 'revoke'; account: ServiceAccountDto; token: TokenDto }
  | null;

/** Programs that may ask the API, each with its tokens. */
export function TokensView({ accounts, people, stages, canWrite }: TokensViewProps) {
  const [open, setOpen] = useState<Open>(null);
  const [made, setMade] = useState<MadeToken | null>(null);
  const close = () => setOpen(null);
  const add = (
    <Button variant={accounts.length === 0 ? 'primary' : 'default'} onClick={() => setOpen({ act: 'add' })}>
      Add a service account
    </Button>
  );
  return (
    <>
      {accounts.length === 0 ? (
        <Card title="Service accounts" isFlush>
          <EmptyState title="No service account yet" action={canWrite ? add : null}>
            A service account is a program’s: CI that asks for promotions, a lab that reports how its tests
            went. It has tokens and never signs in, and it approves nothing.
          </EmptyState>
        </Card>
      ) : (
        <>
          <div className="flex flex-wrap items-center justify-between gap-2">
            <p className="max-w-[80ch] text-muted">
              Programs ask the API with tokens. None approves anything, and whoever holds or made a token
              approves nothing that was asked for with it.
            </p>
            {canWrite ? add : null}
          </div>
          {accounts.map((account) => (
            <AccountCard key={account.id} account={account} onAct={canWrite ? setOpen : null} />
          ))}
        </>
      )}
      <OpenDialog
        open={open}
        people={people}
        stages={stages}
        onClose={close}
        onMade={(secret) => {
          if (open !== null && 'account' in open) setMade({ account: open.account.name, secret });
          close();
        }}
      />
      {made === null ? null : <TokenSecretDialog made={made} onClose={() => setMade(null)} />}
    </>
  );
}

interface OpenDialogProps {
  open: Open;
  people: readonly PersonDto[];
  stages: readonly string[];
  onClose: () => void;
  onMade: (secret: string) => void;
}

function OpenDialog({ open, people, stages, onClose, onMade }: OpenDialogProps) {
  switch (open?.act) {
    case undefined:
      return null;
    case 'add':
      return <ServiceAccountDialog account={null} onClose={onClose} />;
    case 'edit':
      return <ServiceAccountDialog account={open.account} onClose={onClose} />;
    case 'disable':
      return <DisableServiceAccountDialog account={open.account} onClose={onClose} />;
    case 'token':
      return (
        <TokenDialog
          account={open.account}
          people={people}
          stages={stages}
          onClose={onClose}
          onMade={onMade}
        />
      );
    case 'revoke':
      return <RevokeTokenDialog account={open.account} token={open.token} onClose={onClose} />;
  }
}

function AccountCard({
  account,
  onAct,
}: {
  account: ServiceAccountDto;
  onAct: ((open: Open) => void) | null;
}) {
  const isDisabled = account.disabledAt !== null;
  return (
    <Card
      title={
        <>
          {account.name}{' '}
          {account.displayName === account.name ? null : (
            <span className="font-normal text-muted">
              <UnsafeText text={account.displayName} />
            </span>
          )}
        </>
      }
      isFlush
      actions={
        <>
          {isDisabled ? <Chip tone="bad">disabled</Chip> : null}
          {onAct === null ? null : (
            <>
              {isDisabled ? null : (
                <Button
                  size="sm"
                  aria-label={`Make a token for ${account.name}`}
                  onClick={() => onAct({ act: 'token', account })}
                >
                  Make a token
                </Button>
              )}
              <Button
                size="sm"
                aria-label={`Change ${account.name}`}
                onClick={() => onAct({ act: 'edit', account })}
              >
                Change
              </Button>
              <Button
                size="sm"
                variant={isDisabled ? 'default' : 'danger'}
                aria-label={`${isDisabled ? 'Enable' : 'Disable'} ${account.name}`}
                onClick={() => onAct({ act: 'disable', account })}
              >
                {isDisabled ? 'Enable' : 'Disable'}
              </Button>
            </>
          )}
        </>
      }
    >
      <TokensTable
        account={account}
        onRevoke={onAct === null ? null : (token) => onAct({ act: 'revoke', account, token })}
      />
    </Card>
  );
}
