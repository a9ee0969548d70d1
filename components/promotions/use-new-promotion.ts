'use client';

import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { type Plan, type PlanInput, type PlanResultDto, promotionSchema } from '@/lib/contracts/promotion';
import { ApiProblem, apiSend } from '@/lib/query/api';
import { planOptions, promotionKeys } from '@/lib/query/promotions';
import { newIdempotencyKey } from './idempotency-key';
import { useSettled } from './use-settled';

/** Ticking several refs in a row makes one plan, not one for each. */
const SETTLE_MS = 250;

const NOTHING: PlanInput = { edge: '', refs: [] };

/** The plan for what is chosen. It stays as it is until the choice changes or `planAgain` is called. */
export function usePlan(chosen: PlanInput | null) {
  const settled = useSettled(chosen, SETTLE_MS);
  const input = settled ?? NOTHING;
  const query = useQuery({
    ...planOptions(input),
    enabled: settled !== null,
    placeholderData: keepPreviousData,
  });
  const isOutdated = JSON.stringify(settled) !== JSON.stringify(chosen) || query.isFetching;
  return { ...query, isOutdated: isOutdated || query.isPlaceholderData };
}

/** Whether the server refused because the plan is no longer what was shown. */
function isPlanChanged(error: unknown): boolean {
  return error instanceof ApiProblem && error.problem.code === 'plan-changed';
}

export interface AskInput {
  chosen: PlanInput;
  shown: PlanResultDto;
  reason: string;
  /** The older request that is to end with it. */
  supersedes: number | null;
}

/**
 * Asks for the promotion whose plan is shown. If the plan has changed since, the new one is fetched and
 * the old one handed to the page to show what differs; nothing is asked for until the reader asks again.
 */
export function useAsk({ onAsked, planAgain }: { onAsked: () => void; planAgain: () => Promise<unknown> }) {
  const client = useQueryClient();
  const router = useRouter();
  const [idempotencyKey, setIdempotencyKey] = useState(newIdempotencyKey);
  const [planBefore, setPlanBefore] = useState<Plan | null>(null);
  const mutation = useMutation({
    mutationFn: ({ chosen, shown, reason, supersedes }: AskInput) =>
      apiSend(
        'POST',
        '/api/promotions',
        {
          ...chosen,
          planChecksum: shown.planChecksum,
          reason,
          ...(supersedes !== null && { supersedes }),
        },
        promotionSchema,
        { idempotencyKey },
      ),
    onSuccess: (promotion) => {
      onAsked();
      client.setQueryData(promotionKeys.detail(promotion.number), promotion);
      void client.invalidateQueries({ queryKey: [...promotionKeys.all, 'list'] });
      router.push(`/promotions/${promotion.number}`);
    },
    onError: async (error, { shown }) => {
      if (!isPlanChanged(error)) return;
      setPlanBefore(shown.plan);
      // What is asked for next is another plan: an act of its own.
      setIdempotencyKey(newIdempotencyKey());
      await planAgain();
    },
  });
  return {
    ask: mutation.mutate,
    /** Busy until the new promotion's page is there. */
    isBusy: mutation.isPending || mutation.isSuccess,
    error: isPlanChanged(mutation.error) ? null : mutation.error,
    planBefore,
    forgetPlanBefore: () => setPlanBefore(null),
  };
}
