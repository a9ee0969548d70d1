'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PersonDto } from '@/lib/contracts/person';
import { type OneTimePassword, OneTimePasswordDialog } from './one-time-password-dialog';
import { DisablePersonDialog, ResetPasswordDialog } from './person-act-dialogs';
import { PersonDialog } from './person-dialog';
import { ROLES } from './role-names';

export interface PeopleViewProps {
  people: readonly PersonDto[];
  /** Names of all stages, for the roles that somebody has for single ones. */
  stages: readonly string[];
  /** The reader's own id: one can't shut oneself out. */
  myId: string;
  canWrite: boolean;
}

type Open = { act: 'add' } | { act: 'edit' | 'reset' | 'disable'; person: PersonDto } | null;

/** Who can sign in, and as what. */
export function PeopleView({ people, stages, myId, canWrite }: PeopleViewProps) {
  const [open, setOpen] = useState<Open>(null);
  const [password, setPassword] = useState<OneTimePassword | null>(null);
  const close = () => setOpen(null);
  const show = (made: OneTimePassword | null) => {
    setOpen(null);
    setPassword(made);
  };
  return (
    <Card
      title="People"
      isFlush
      actions={
        canWrite ? (
          <Button size="sm" variant="primary" onClick={() => setOpen({ act: 'add' })}>
            Add a person
          </Button>
        ) : null
      }
    >
      <Table label="Accounts" className={STACKED.table}>
        <thead className={STACKED.head}>
          <tr>
            <Th>Person</Th>
            <Th>Role</Th>
            <Th>State</Th>
            <Th isNumeric>Added</Th>
            <Th>
              <span className="sr-only">Change</span>
            </Th>
          </tr>
        </thead>
        <tbody className={STACKED.body}>
          {people.map((person) => (
            <PersonRow
              key={person.id}
              person={person}
              isMe={person.id === myId}
              onAct={canWrite ? (act) => setOpen({ act, person }) : null}
            />
          ))}
        </tbody>
      </Table>
      {open === null ? null : open.act === 'add' ? (
        <PersonDialog person={null} stages={stages} onClose={close} onPassword={show} />
      ) : open.act === 'edit' ? (
        <PersonDialog person={open.person} stages={stages} onClose={close} onPassword={show} />
      ) : open.act === 'reset' ? (
        <ResetPasswordDialog person={open.person} onClose={close} onPassword={show} />
      ) : (
        <DisablePersonDialog person={open.person} onClose={close} />
      )}
      {password === null ? null : <OneTimePasswordDialog made={password} onClose={() => setPassword(null)} />}
    </Card>
  );
}

interface PersonRowProps {
  person: PersonDto;
  isMe: boolean;
  onAct: ((act: 'edit' | 'reset' | 'disable') => void) | null;
}

function PersonRow({ person, isMe, onAct }: PersonRowProps) {
  const isDisabled = person.disabledAt !== null;
  return (
    <Tr className={STACKED.row}>
      <Td className={STACKED.line}>
        <b className={`font-semibold ${isDisabled ? 'text-muted' : ''}`}>
          <UnsafeText text={person.displayName} />
        </b>
        {isMe ? <span className="text-faint"> (you)</span> : null}
        <span className="block font-mono text-sm text-muted">{person.name}</span>
      </Td>
      <Td className={STACKED.line}>
        {ROLES[person.role].name}
        <span className="block max-w-[44ch] text-sm text-muted">{ROLES[person.role].may}</span>
        {person.stageRoles.length === 0 ? null : (
          <ul aria-label={`Roles of ${person.name} for single stages`} className="mt-1 grid gap-0.5">
            {person.stageRoles.map(({ stage, role }) => (
              <li key={stage}>
                {ROLES[role].name} <span className="text-muted">for</span> {stage}
              </li>
            ))}
          </ul>
        )}
      </Td>
      <Td className={STACKED.cell}>
        {isDisabled ? (
          <Chip tone="bad">disabled</Chip>
        ) : person.mustChangePassword ? (
          <Chip tone="wait">has a one-time password</Chip>
        ) : (
          <Chip tone="ok">active</Chip>
        )}
      </Td>
      <Td isNumeric className={`text-muted ${STACKED.cell}`}>
        <RelativeTime iso={person.createdAt} />
      </Td>
      <Td className={STACKED.line}>
        {onAct === null ? null : (
          <div className="flex flex-wrap gap-1.5 sm:flex-nowrap sm:justify-end">
            <Button size="sm" aria-label={`Change ${person.name}`} onClick={() => onAct('edit')}>
              Change
            </Button>
            {isMe ? null : (
              <>
                <Button
                  size="sm"
                  aria-label={`Reset password of ${person.name}`}
                  onClick={() => onAct('reset')}
                >
                  Reset password
                </Button>
                <Button
                  size="sm"
                  variant={isDisabled ? 'default' : 'danger'}
                  aria-label={`${isDisabled ? 'Enable' : 'Disable'} ${person.name}`}
                  onClick={() => onAct('disable')}
                >
                  {isDisabled ? 'Enable' : 'Disable'}
                </Button>
              </>
            )}
          </div>
        )}
      </Td>
    </Tr>
  );
}
