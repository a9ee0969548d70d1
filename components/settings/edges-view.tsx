'use client';

import { ArrowRight } from 'lucide-react';
import { useState } from 'react';
import { ruleText } from '@/components/promotions/rule-text';
import { Button, ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { STACKED } from '@/components/ui/stacked';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import type { EdgeDto } from '@/lib/contracts/stage';
import { EdgeDialog } from './edge-dialog';

export interface EdgesViewProps {
  edges: readonly EdgeDto[];
  stages: readonly string[];
  groups: readonly string[];
  canWrite: boolean;
}

/** The edges of the pipeline and their rules. */
export function EdgesView({ edges, stages, groups, canWrite }: EdgesViewProps) {
  const [open, setOpen] = useState<EdgeDto | 'new' | null>(null);
  const canAdd = canWrite && stages.length > 1;
  return (
    <Card
      title="Edges"
      isFlush
      actions={
        canAdd ? (
          <Button
            size="sm"
            variant={edges.length === 0 ? 'primary' : 'default'}
            onClick={() => setOpen('new')}
          >
            Add an edge
          </Button>
        ) : null
      }
    >
      {edges.length === 0 ? (
        <EmptyState
          title="No edge yet"
          action={
            stages.length > 1 ? null : <ButtonLink href="/settings/stages">Add stages first</ButtonLink>
          }
        >
          An edge says which refs may go from one stage to the next, and how many must approve.
        </EmptyState>
      ) : (
        <Table label="Edges and their rules" className={STACKED.table}>
          <thead className={STACKED.head}>
            <tr>
              <Th>Edge</Th>
              <Th>Refs</Th>
              <Th>Mode</Th>
              <Th>Approvals</Th>
              <Th>Rules</Th>
              <Th>
                <span className="sr-only">Change</span>
              </Th>
            </tr>
          </thead>
          <tbody className={STACKED.body}>
            {edges.map((edge) => (
              <EdgeRow key={edge.id} edge={edge} onEdit={canWrite ? () => setOpen(edge) : null} />
            ))}
          </tbody>
        </Table>
      )}
      {open === null ? null : (
        <EdgeDialog
          edge={open === 'new' ? null : open}
          stages={stages}
          groups={groups}
          onClose={() => setOpen(null)}
        />
      )}
    </Card>
  );
}

function EdgeRow({ edge, onEdit }: { edge: EdgeDto; onEdit: (() => void) | null }) {
  return (
    <Tr className={STACKED.row}>
      <Td className={`whitespace-nowrap ${STACKED.line}`}>
        <span className="inline-flex items-center gap-1.5 font-semibold">
          {edge.from}
          <ArrowRight aria-label="to" className="size-3.5 text-faint" />
          {edge.to}
        </span>
      </Td>
      <Td className={STACKED.line}>
        <ul className="font-mono text-sm">
          {edge.refGlobs.map((glob) => (
            <li key={glob}>{glob}</li>
          ))}
          {edge.renames.map((rename) => (
            <li key={rename.from} className="text-muted">
              {rename.from} <span className="font-sans">as</span> {rename.to}
            </li>
          ))}
        </ul>
      </Td>
      <Td className={STACKED.cell}>{edge.mode}</Td>
      <Td className={STACKED.line}>
        <ul>
          {edge.approvalRules.map((rule) => (
            <li key={rule.group ?? ''} className="whitespace-nowrap">
              {ruleText(rule)}
            </li>
          ))}
          <li className="text-sm text-faint">for {edge.approvalExpiryHours} h</li>
          {edge.automaticRefs.length === 0 ? null : (
            <li className="mt-1">
              <Chip
                tone={edge.automaticApproval === 'none' ? 'bad' : 'run'}
                title={`Promotes ${edge.automaticRefs.join(', ')} by itself`}
              >
                {edge.automaticApproval === 'none' ? 'automatic, without approval' : 'automatic'}
              </Chip>
              <code className="block text-sm break-all text-muted">{edge.automaticRefs.join(' ')}</code>
            </li>
          )}
          {edge.emergencyGroup === null ? null : (
            <li className="mt-1">
              <Chip
                tone="wait"
                title={`Release managers of ${edge.emergencyGroup} may publish without approval`}
              >
                emergency: {edge.emergencyGroup}
              </Chip>
              <span className="block text-sm text-faint">reviewed within {edge.emergencyReviewHours} h</span>
            </li>
          )}
        </ul>
      </Td>
      <Td className={`text-muted ${STACKED.line}`}>
        <ul>
          <li>{edge.verifyObjects ? 'every new object is hashed' : 'objects are not hashed'}</li>
          {edge.requireSourceHead ? <li>only heads</li> : null}
          {edge.soakHours > 0 ? <li>soaks for {edge.soakHours} h</li> : null}
          {edge.fastForwardCheck === 'advisory' ? null : <li>fast-forward {edge.fastForwardCheck}</li>}
          {edge.versionCheck === 'off' ? null : <li>later version {edge.versionCheck}</li>}
          {edge.sourceFsckCheck === 'off' ? null : <li>source fsck {edge.sourceFsckCheck}</li>}
          {edge.externalChecks.map(({ name, level }) => (
            <li key={name} className="break-words">
              <code className="text-sm">{name}</code> {level}
            </li>
          ))}
          {edge.isApprovalShared ? <li>an approval counts for every group</li> : null}
          <li className="text-faint">policy version {edge.policyVersion}</li>
        </ul>
      </Td>
      <Td className={`text-right ${STACKED.cell}`}>
        {onEdit === null ? null : (
          <Button size="sm" aria-label={`Change edge ${edge.from} to ${edge.to}`} onClick={onEdit}>
            Change
          </Button>
        )}
      </Td>
    </Tr>
  );
}
