import { Card } from '@/components/ui/card';
import type { CheckDto } from '@/lib/contracts/promotion';
import { ChecksList } from './checks-list';

export interface ChecksCardProps {
  checks: readonly CheckDto[];
  /** They are of a plan that is just being made anew. */
  isOutdated?: boolean;
}

/** The checks of a plan. */
export function ChecksCard({ checks, isOutdated }: ChecksCardProps) {
  return (
    <Card title="Checks" className={isOutdated ? 'opacity-50 transition-opacity' : 'transition-opacity'}>
      <ChecksList checks={checks} />
    </Card>
  );
}
