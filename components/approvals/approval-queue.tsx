'use client';

import { useQuery } from '@tanstack/react-query';
import { PromotionsTable } from '@/components/promotions/promotions-table';
import { ruleText } from '@/components/promotions/rule-text';
import { ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import type { ApprovalQueueDto, QueuedPromotionDto } from '@/lib/contracts/promotion';
import { approvalQueueOptions } from '@/lib/query/promotions';

/** What waits for the reader's decision, then what waits for someone else's. */
export function ApprovalQueue({ canDecide }: { canDecide: boolean }) {
  const { data, error, refetch } = useQuery(approvalQueueOptions);
  if (data === undefined) return <Problem error={error} retry={() => void refetch()} />;
  const { waitingForMe, others, reviews } = data;
  return (
    <div className="grid gap-4">
      <Problem error={error} retry={() => void refetch()} />
      {reviews.length === 0 ? null : <Reviews rows={reviews} />}
      {canDecide || waitingForMe.length > 0 ? (
        <Card
          title="Waiting for you"
          isFlush
          actions={
            waitingForMe.length === 0 ? null : (
              <Chip tone="wait" hasDot>
                {waitingForMe.length}
              </Chip>
            )
          }
        >
          {waitingForMe.length === 0 ? (
            <EmptyState title="Nothing waits for you" action={<ButtonLink href="/">To the board</ButtonLink>}>
              New requests appear here by themselves.
            </EmptyState>
          ) : (
            <PromotionsTable
              label="Promotions that wait for you"
              rows={waitingForMe}
              note={(number) => <OpenRules row={waitingForMe.find((row) => row.number === number)} />}
            />
          )}
        </Card>
      ) : (
        <p className="text-muted">
          Reviewers approve promotions. Your role looks on: here is what waits for them.
        </p>
      )}
      <Card title="Waiting for others" isFlush>
        {others.length === 0 ? (
          <EmptyState title="No other promotion waits for approval" />
        ) : (
          <PromotionsTable
            label="Promotions that wait for others"
            rows={others}
            note={(number) => <OpenRules row={others.find((row) => row.number === number)} />}
          />
        )}
      </Card>
    </div>
  );
}

/** What was published without approval and is still to be reviewed, what is due first first. */
function Reviews({ rows }: { rows: ApprovalQueueDto['reviews'] }) {
  const isOverdue = rows.some(({ emergency }) => emergency?.review === 'overdue');
  return (
    <Card
      title="Emergencies to review"
      isFlush
      actions={
        <Chip tone={isOverdue ? 'bad' : 'wait'} hasDot>
          {rows.length}
        </Chip>
      }
    >
      <PromotionsTable
        label="Emergencies to review"
        rows={rows}
        note={(number) =>
          rows.find((row) => row.number === number)?.isForMe ? (
            <span className="block text-sm font-medium">you can review it</span>
          ) : null
        }
      />
    </Card>
  );
}

/** The rules that lack somebody, the reader's own first. */
function OpenRules({ row }: { row: QueuedPromotionDto | undefined }) {
  const open = (row?.open ?? []).toSorted((a, b) => Number(b.isForMe) - Number(a.isForMe));
  return (
    <ul aria-label="Still to approve" className="mt-0.5 text-sm text-muted">
      {open.map((rule) => (
        <li key={rule.group ?? ''} className={rule.isForMe ? 'font-medium text-text' : ''}>
          {ruleText({ group: rule.group, required: rule.missing })}
          {rule.isForMe && rule.group !== null ? ' (you are in it)' : ''}
        </li>
      ))}
    </ul>
  );
}
