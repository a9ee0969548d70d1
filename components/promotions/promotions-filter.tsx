'use client';

import { usePathname, useRouter } from 'next/navigation';
import { useTransition } from 'react';
import { Select } from '@/components/ui/select';
import { type ListPromotionsInput, promotionStateSchema } from '@/lib/contracts/promotion';

export interface PromotionsFilterProps {
  filter: Omit<ListPromotionsInput, 'cursor'>;
  stages: readonly string[];
}

/** Which promotions are listed. The choice stands in the URL. */
export function PromotionsFilter({ filter, stages }: PromotionsFilterProps) {
  const router = useRouter();
  const pathname = usePathname();
  const [isBusy, startTransition] = useTransition();
  function change(name: 'state' | 'stage', value: string) {
    const query = new URLSearchParams();
    for (const [key, kept] of Object.entries({ ...filter, [name]: value })) if (kept) query.set(key, kept);
    startTransition(() => router.replace(query.size === 0 ? pathname : `${pathname}?${query}`));
  }
  return (
    <search aria-label="Filter promotions" aria-busy={isBusy} className="mb-3.5 flex flex-wrap gap-2">
      <Select
        aria-label="State"
        value={filter.state ?? ''}
        onChange={(event) => change('state', event.target.value)}
        className="max-w-40"
      >
        <option value="">Any state</option>
        {promotionStateSchema.options.map((state) => (
          <option key={state} value={state}>
            {state}
          </option>
        ))}
      </Select>
      <Select
        aria-label="Stage"
        value={filter.stage ?? ''}
        onChange={(event) => change('stage', event.target.value)}
        className="max-w-40"
      >
        <option value="">Any stage</option>
        {stages.map((stage) => (
          <option key={stage} value={stage}>
            {stage}
          </option>
        ))}
      </Select>
    </search>
  );
}
