'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { EmptyState } from '@/components/ui/empty-state';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PersonDto } from '@/lib/contracts/person';
import { type GroupDto, groupSchema } from '@/lib/contracts/policy';
import { GroupDialog } from './group-dialog';
import { useSettingsMutation } from './use-settings-mutation';

export interface GroupsViewProps {
  groups: readonly GroupDto[];
  people: readonly PersonDto[];
  canWrite: boolean;
}

type Open = { act: 'add' } | { act: 'edit' | 'remove'; group: GroupDto } | null;

/** Groups of people, for approval rules to name. */
export function GroupsView({ groups, people, canWrite }: GroupsViewProps) {
  const [open, setOpen] = useState<Open>(null);
  const close = () => setOpen(null);
  return (
    <Card
      title="Groups"
      isFlush
      actions={
        canWrite ? (
          <Button
            size="sm"
            variant={groups.length === 0 ? 'primary' : 'default'}
            onClick={() => setOpen({ act: 'add' })}
          >
            Add a group
          </Button>
        ) : null
      }
    >
      {groups.length === 0 ? (
        <EmptyState title="No group yet">
          A group is named by the approval rules of edges: one of release and one of security, say.
        </EmptyState>
      ) : (
        <Table label="Groups and who is in them" className={STACKED.table}>
          <thead className={STACKED.head}>
            <tr>
              <Th>Group</Th>
              <Th>People</Th>
              <Th>Asked for by</Th>
              <Th>
                <span className="sr-only">Change</span>
              </Th>
            </tr>
          </thead>
          <tbody className={STACKED.body}>
            {groups.map((group) => (
              <GroupRow
                key={group.id}
                group={group}
                onAct={canWrite ? (act) => setOpen({ act, group }) : null}
              />
            ))}
          </tbody>
        </Table>
      )}
      {open === null ? null : open.act === 'remove' ? (
        <RemoveGroupDialog group={open.group} onClose={close} />
      ) : (
        <GroupDialog group={open.act === 'add' ? null : open.group} people={people} onClose={close} />
      )}
    </Card>
  );
}

interface GroupRowProps {
  group: GroupDto;
  onAct: ((act: 'edit' | 'remove') => void) | null;
}

function GroupRow({ group, onAct }: GroupRowProps) {
  return (
    <Tr className={STACKED.row}>
      <Td className={`font-semibold ${STACKED.line}`}>{group.name}</Td>
      <Td className={STACKED.line}>
        {group.members.length === 0 ? (
          <span className="text-faint">nobody yet</span>
        ) : (
          <ul className="flex flex-wrap gap-x-3 gap-y-1">
            {group.members.map((member) => (
              <li key={member.id} className="inline-flex items-center gap-1.5">
                <span className={member.canApprove || member.canBreakGlass ? '' : 'text-muted line-through'}>
                  <UnsafeText text={member.displayName} />
                </span>
                {member.canBreakGlass ? (
                  <Chip tone="bad" title="In an emergency, along an edge that says so">
                    publishes without approval
                  </Chip>
                ) : member.canApprove ? null : (
                  <Chip tone="none" title="Only reviewers who can sign in approve">
                    can’t approve
                  </Chip>
                )}
              </li>
            ))}
          </ul>
        )}
      </Td>
      <Td className={`text-muted ${STACKED.line}`}>
        {group.edges.length === 0
          ? 'no edge'
          : group.edges.map(({ id, from, to }) => (
              <span key={id} className="block whitespace-nowrap">
                {from} to {to}
              </span>
            ))}
      </Td>
      <Td className={STACKED.line}>
        {onAct === null ? null : (
          <div className="flex flex-wrap gap-1.5 sm:flex-nowrap sm:justify-end">
            <Button size="sm" aria-label={`Change the group ${group.name}`} onClick={() => onAct('edit')}>
              Change
            </Button>
            {group.edges.length > 0 ? null : (
              <Button
                size="sm"
                variant="danger"
                aria-label={`Remove the group ${group.name}`}
                onClick={() => onAct('remove')}
              >
                Remove
              </Button>
            )}
          </div>
        )}
      </Td>
    </Tr>
  );
}

function RemoveGroupDialog({ group, onClose }: { group: GroupDto; onClose: () => void }) {
  const remove = useSettingsMutation<null, GroupDto>({
    method: 'DELETE',
    path: `/api/groups/${encodeURIComponent(group.id)}`,
    schema: groupSchema,
    onDone: onClose,
  });
  return (
    <ConfirmDialog
      title={`Remove the group ${group.name}?`}
      act="Remove"
      variant="danger"
      isBusy={remove.isBusy}
      error={remove.error}
      onConfirm={() => remove.mutate(null)}
      onClose={onClose}
    >
      No edge asks for it. Who is in it keeps their account, and what they approved stays approved.
    </ConfirmDialog>
  );
}
