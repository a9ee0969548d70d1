'use client';

import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { type PromotionDto, promotionSchema } from '@/lib/contracts/promotion';
import { promotionKeys, promotionOptions } from '@/lib/query/promotions';
import { isOpen } from './state-tone';

/** How the page follows a promotion. `polling` is what it does while no event stream can be had. */
export type LiveState = 'idle' | 'connecting' | 'live' | 'polling';

const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 15_000;
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
      onPromotion: (promotion) => client.setQueryData(promotionKeys.detail(number), promotion),
      onReconnect: () => void client.invalidateQueries({ queryKey: promotionKeys.detail(number) }),
    });
  }, [number, isActive, client, setLive]);
}

interface FollowOptions {
  number: number;
  setLive: (state: LiveState) => void;
  onPromotion: (promotion: PromotionDto) => void;
  onReconnect: () => void;
}

/** Keeps an EventSource open until the returned function is called. */
function followEvents({ number, setLive, onPromotion, onReconnect }: FollowOptions): () => void {
  let source: EventSource | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waitMs = RETRY_FIRST_MS;
  let wasOpen = false;

  const close = () => {
    clearTimeout(timer);
    source?.close();
    source = null;
  };
  const connect = () => {
    close();
    setLive('connecting');
    source = new EventSource(`/api/promotions/${number}/events`);
    source.addEventListener('open', () => {
      waitMs = RETRY_FIRST_MS;
      if (wasOpen) onReconnect();
      wasOpen = true;
      setLive('live');
    });
    source.addEventListener('promotion', (event) => {
      const promotion = readEvent(event);
      if (promotion !== null) onPromotion(promotion);
    });
    source.addEventListener('error', () => {
      setLive('polling');
      // The browser reconnects by itself unless the server refused: then it has given up.
      if (source?.readyState !== EventSource.CLOSED) return;
      close();
      timer = setTimeout(connect, waitMs);
      waitMs = Math.min(waitMs * 2, RETRY_MOST_MS);
    });
  };
  const onVisibility = () => {
    if (document.hidden) {
      close();
      setLive('idle');
    } else if (source === null) connect();
  };

  if (!document.hidden) connect();
  document.addEventListener('visibilitychange', onVisibility);
  window.addEventListener('online', connect);
  return () => {
    close();
    document.removeEventListener('visibilitychange', onVisibility);
    window.removeEventListener('online', connect);
  };
}

function readEvent(event: MessageEvent<unknown>): PromotionDto | null {
  if (typeof event.data !== 'string') return null;
  try {
    const parsed = promotionSchema.safeParse(JSON.parse(event.data));
    return parsed.success ? parsed.data : null;
  } catch (error) {
    // A cut-off event: the next one, or the refetch after reconnecting, brings the whole.
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}
