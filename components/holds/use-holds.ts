'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { holdSchema, type LiftHoldInput, type SetHoldInput } from '@/lib/contracts/hold';
import { apiSend } from '@/lib/query/api';
import { boardOptions } from '@/lib/query/board';
import { promotionKeys } from '@/lib/query/promotions';
import { stageKeys } from '@/lib/query/stages';

/** After an act, and after a refusal too, whatever shows holds asks what is true now. */
function useRefresh() {
  const client = useQueryClient();
  return {
    onSettled: () =>
      Promise.all(
        [boardOptions.queryKey, stageKeys.all, promotionKeys.all].map((queryKey) =>
          client.invalidateQueries({ queryKey }),
        ),
      ),
  };
}

/** Holds a ref of a stage. */
export function useSetHold() {
  return useMutation({
    mutationFn: (input: SetHoldInput) => apiSend('POST', '/api/holds', input, holdSchema),
    ...useRefresh(),
  });
}

/** Lifts a hold. */
export function useLiftHold(id: string) {
  return useMutation({
    mutationFn: (input: LiftHoldInput) =>
      apiSend('POST', `/api/holds/${encodeURIComponent(id)}/lift`, input, holdSchema),
    ...useRefresh(),
  });
}
