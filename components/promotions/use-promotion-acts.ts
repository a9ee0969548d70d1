'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { OverrideFreezeInput, ReinstateFreezeInput } from '@/lib/contracts/freeze';
import {
  type CancelPromotionInput,
  type DecideInput,
  type PromotionDto,
  promotionSchema,
  type ReviewEmergencyInput,
} from '@/lib/contracts/promotion';
import { apiSend } from '@/lib/query/api';
import { promotionKeys } from '@/lib/query/promotions';
import { newIdempotencyKey } from './idempotency-key';

/** After an act the answer is the new truth; after a refusal the page asks what is true now. */
function useRefresh(number: number) {
  const client = useQueryClient();
  return {
    onSuccess: (promotion: PromotionDto) => {
      client.setQueryData(promotionKeys.detail(number), promotion);
      void client.invalidateQueries({ queryKey: promotionKeys.queue });
      void client.invalidateQueries({ queryKey: [...promotionKeys.all, 'list'] });
    },
    onError: () => void client.invalidateQueries({ queryKey: promotionKeys.detail(number) }),
  };
}

/** Approve or reject one plan. Trying again after an error is the same act. */
export function useDecide(number: number) {
  const [idempotencyKey] = useState(newIdempotencyKey);
  return useMutation({
    mutationFn: (input: DecideInput) =>
      apiSend('POST', `/api/promotions/${number}/approvals`, input, promotionSchema, { idempotencyKey }),
    ...useRefresh(number),
  });
}

/** Withdraw a promotion, or retry its run. */
export function usePromotionAct(number: number, act: 'withdraw' | 'retry') {
  return useMutation({
    mutationFn: () => apiSend('POST', `/api/promotions/${number}/${act}`, {}, promotionSchema),
    ...useRefresh(number),
  });
}

/** Asks to stop the run. */
export function useCancel(number: number) {
  return useMutation({
    mutationFn: (input: CancelPromotionInput) =>
      apiSend('POST', `/api/promotions/${number}/cancel`, input, promotionSchema),
    ...useRefresh(number),
  });
}

/** Says afterwards what one thinks of an emergency. */
export function useReview(number: number) {
  return useMutation({
    mutationFn: (input: ReviewEmergencyInput) =>
      apiSend('POST', `/api/promotions/${number}/reviews`, input, promotionSchema),
    ...useRefresh(number),
  });
}

/** Lets one plan past the freeze that holds now. */
export function useOverrideFreeze(number: number) {
  return useMutation({
    mutationFn: (input: OverrideFreezeInput) =>
      apiSend('POST', `/api/promotions/${number}/override-freeze`, input, promotionSchema),
    ...useRefresh(number),
  });
}

/** Takes back what lets it past a freeze. */
export function useReinstateFreeze(number: number) {
  return useMutation({
    mutationFn: (input: ReinstateFreezeInput) =>
      apiSend('POST', `/api/promotions/${number}/reinstate-freeze`, input, promotionSchema),
    ...useRefresh(number),
  });
}
