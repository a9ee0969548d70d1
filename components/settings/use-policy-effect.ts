'use client';

import { useQuery } from '@tanstack/react-query';
import { useSettled } from '@/components/promotions/use-settled';
import type { PolicyEffectDto } from '@/lib/contracts/policy';
import { policyEffectOptions } from '@/lib/query/settings';

const SETTLE_MILLISECONDS = 300;

export interface PolicyEffectState {
  effect: PolicyEffectDto | undefined;
  error: unknown;
  /** What is shown is of another draft than the one on the form. */
  isPending: boolean;
}

/**
 * What saving `body` would void, asked for as the form settles.
 * @param path where the change would be sent; null where there is nothing to void
 * @param body the change; null while it is not valid
 */
export function usePolicyEffect(path: string | null, body: unknown): PolicyEffectState {
  const settled = useSettled(body, SETTLE_MILLISECONDS);
  const { data, error, isFetching } = useQuery({
    ...policyEffectOptions(path ?? '', settled),
    enabled: path !== null && settled !== null,
  });
  const isPending = isFetching || JSON.stringify(settled) !== JSON.stringify(body);
  return { effect: settled === null ? undefined : data, error, isPending };
}
