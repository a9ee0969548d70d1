import Link from 'next/link';
import { EmergencyNote } from '@/components/promotions/emergency-chip';
import { KindChip } from '@/components/promotions/kind-chip';
import { StateChip } from '@/components/promotions/state-chip';
import { WaitNote } from '@/components/promotions/wait-text';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { RelativeTime } from '@/components/ui/relative-time';
import { Table, Td, Th, Tr } from '@/components/ui/table';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { PromotionRowDto } from '@/lib/contracts/promotion';

/** Promotions that are not over: who must do what next. */
export function InFlightCard({ promotions }: { promotions: PromotionRowDto[] }) {
  return (
    <Card title="In flight" isFlush>
      {promotions.length === 0 ? (
        <EmptyState title="Nothing is on its way">
          <p>Where a stage is ahead, the board offers to promote it. What is asked for waits here.</p>
        </EmptyState>
      ) : (
        <Table label="Promotions in flight">
          <thead>
            <tr>
              <Th>Promotion</Th>
              <Th className="max-sm:hidden">Edge</Th>
              <Th>State</Th>
              <Th className="max-sm:hidden">Asked by</Th>
              <Th isNumeric>Since</Th>
            </tr>
          </thead>
          <tbody>
            {promotions.map((promotion) => (
              <Tr key={promotion.number}>
                <Td className="sm:min-w-44">
                  <Link href={`/promotions/${promotion.number}`} className="link">
                    <b className="font-semibold">#{promotion.number}</b> <UnsafeText text={promotion.title} />
                  </Link>{' '}
                  <KindChip kind={promotion.kind} />
                </Td>
                <Td className="whitespace-nowrap text-muted max-sm:hidden">
                  {promotion.kind === 'promote'
                    ? `${promotion.edge.from} → ${promotion.edge.to}`
                    : `within ${promotion.edge.to}`}
                </Td>
                <Td>
                  <StateChip
                    state={promotion.state}
                    text={promotion.stateText}
                    isWaiting={promotion.waits.length > 0}
                  />
                  <EmergencyNote emergency={promotion.emergency} />
                  <WaitNote waits={promotion.waits} />
                </Td>
                <Td className="max-sm:hidden">{promotion.requester}</Td>
                <Td isNumeric className="text-muted">
                  <RelativeTime iso={promotion.createdAt} />
                </Td>
              </Tr>
            ))}
          </tbody>
        </Table>
      )}
    </Card>
  );
}
