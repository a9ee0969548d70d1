'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { PromotionDto } from '@/lib/contracts/promotion';
import { promotionKeys, promotionOptions } from '@/lib/query/promotions';
import { followEvents, type LiveState } from './follow-events';
import { isOpen } from './state-tone';

const POLL_MS = 2000;
/** What has ended may still be retried by someone else. */
const SETTLED_POLL_MS = 30_000;

/**
 * A promotion that follows the server: by server-sent events while it may change, by asking every two
 * seconds while the stream is down. Each reconnect asks for the whole promotion first, so nothing that
 * happened in between is missed. A hidden page lets its stream go: browsers allow six to a host.
 */
export function useLivePromotion(initial: PromotionDto): { promotion: PromotionDto; live: LiveState } {
  const [live, setLive] = useState<LiveState>('idle');
  const options = promotionOptions(initial.number);
  // The server's answer is hydrated into the cache; `initial` is for the render before that.
  const { data = initial } = useQuery({
    ...options,
    staleTime: 5000,
    refetchOnWindowFocus: 'always',
    refetchInterval: (query) => {
      const state = query.state.data?.state ?? initial.state;
      if (!isOpen(state)) return SETTLED_POLL_MS;
      return live === 'polling' ? POLL_MS : false;
    },
  });
  useEventStream(initial.number, isOpen(data.state), setLive);
  return { promotion: data, live };
}

function useEventStream(number: number, isActive: boolean, setLive: (state: LiveState) => void): void {
  const client = useQueryClient();
  useEffect(() => {
    if (!isActive) {
      setLive('idle');
      return;
    }
    return followEvents({
      number,
      setLive,
      onPromotion: (promotion) => {
        // An answer that is still on its way was made before this event, and must not replace it.
        void client.cancelQueries({ queryKey: promotionKeys.detail(number) });
        client.setQueryData(promotionKeys.detail(number), promotion);
      },
      onReconnect: () => void client.invalidateQueries({ queryKey: promotionKeys.detail(number) }),
    });
  }, [number, isActive, client, setLive]);
}
