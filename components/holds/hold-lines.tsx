'use client';

import { useQuery } from '@tanstack/react-query';
import { Lock } from 'lucide-react';
import { useState } from 'react';
import { Button } from '@/components/ui/button';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { HoldDto } from '@/lib/contracts/hold';
import { mayOn } from '@/lib/contracts/person';
import { meOptions } from '@/lib/query/me';
import { HoldText } from './hold-text';
import { LiftHoldDialog } from './lift-hold-dialog';

export interface HoldLinesProps {
  holds: readonly HoldDto[];
  /** Names the ref of each: where several could be meant. */
  hasRef?: boolean;
  className: string;
}

/** Holds, a line each: who, when and why, and for whom may, the way to lift them. */
export function HoldLines({ holds, hasRef, className }: HoldLinesProps) {
  const { data: me } = useQuery(meOptions);
  const [lifting, setLifting] = useState<HoldDto | null>(null);
  return (
    <>
      {holds.map((hold) => (
        <div key={hold.id} className={`flex min-w-0 items-start gap-2 bg-wait-soft ${className}`}>
          <Lock aria-hidden="true" className="mt-[3px] size-3.5 shrink-0 text-wait" />
          <p className="min-w-0 flex-1 break-words">
            {hasRef ? (
              <code className="mr-1 text-sm break-all">
                <UnsafeText text={hold.ref} />
              </code>
            ) : null}
            <HoldText hold={hold} />
          </p>
          {mayOn(me, 'hold.lift', hold.stage) ? (
            <Button size="sm" aria-label={`Lift the hold on ${hold.ref}`} onClick={() => setLifting(hold)}>
              Lift
            </Button>
          ) : null}
        </div>
      ))}
      {lifting === null ? null : <LiftHoldDialog hold={lifting} onClose={() => setLifting(null)} />}
    </>
  );
}
