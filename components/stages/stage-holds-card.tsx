'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useState } from 'react';
import { HoldLines } from '@/components/holds/hold-lines';
import { SetHoldDialog } from '@/components/holds/set-hold-dialog';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { mayOn } from '@/lib/contracts/person';
import type { StagePageDto } from '@/lib/contracts/stage';
import { meOptions } from '@/lib/query/me';
import { refPath } from './stage-paths';

/** The holds of a stage that promotions lead into, and the way to set one. Nothing where there are none and none may be set. */
export function StageHoldsCard({ page }: { page: StagePageDto }) {
  const { data: me } = useQuery(meOptions);
  const [isSetting, setIsSetting] = useState(false);
  const { holds, incoming, stage } = page;
  const refs = page.refs.filter(({ isPromotable }) => isPromotable).map(({ ref }) => ref);
  const maySet = mayOn(me, 'hold.set', page.stage.name) && incoming.length > 0 && refs.length > 0;
  if (holds.length === 0 && !maySet) return null;
  return (
    <Card
      title="Holds"
      isFlush={holds.length > 0}
      actions={
        maySet ? (
          <Button size="sm" onClick={() => setIsSetting(true)}>
            Hold a ref
          </Button>
        ) : null
      }
    >
      {holds.length === 0 ? (
        <p className="text-muted">No ref is held: what is approved for {stage.name} moves them.</p>
      ) : (
        <ul>
          {[...new Set(holds.map(({ ref }) => ref))].map((ref) => (
            <li key={ref} className="grid gap-1 border-b border-line px-3.5 pt-2 pb-2.5 last:border-b-0">
              <p className="font-mono text-sm break-all">
                <Link href={refPath(stage.name, ref)} className="link">
                  <UnsafeText text={ref} />
                </Link>
              </p>
              <HoldLines
                holds={holds.filter((hold) => hold.ref === ref)}
                className="rounded-md px-2 py-1.5"
              />
            </li>
          ))}
        </ul>
      )}
      {isSetting ? (
        <SetHoldDialog stage={stage.name} refs={refs} onClose={() => setIsSetting(false)} />
      ) : null}
    </Card>
  );
}
