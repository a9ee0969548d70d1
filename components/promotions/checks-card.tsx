'use client';

import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { CheckDto } from '@/lib/contracts/promotion';
import { ChecksList } from './checks-list';

export interface ChecksCardProps {
  checks: readonly CheckDto[];
  /** They are of a plan that is just being made anew. */
  isOutdated?: boolean;
  /** Shows all that the checks say, for good. */
  isDetailed?: boolean;
}

/** The checks of a plan; what passed in a word, until one asks why. */
export function ChecksCard({ checks, isOutdated, isDetailed }: ChecksCardProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Card
      title="Checks"
      className={`transition-opacity ${isOutdated ? 'opacity-50' : ''}`}
      actions={
        isDetailed || checks.length === 0 ? null : (
          <Button variant="ghost" size="sm" aria-expanded={isOpen} onClick={() => setIsOpen(!isOpen)}>
            Details
          </Button>
        )
      }
    >
      <ChecksList checks={checks} isDetailed={isDetailed === true || isOpen} />
    </Card>
  );
}
