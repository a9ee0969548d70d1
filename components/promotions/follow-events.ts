import { type PromotionDto, promotionSchema } from '@/lib/contracts/promotion';

/** How the page follows a promotion. `polling` is what it does while no event stream can be had. */
export type LiveState = 'idle' | 'connecting' | 'live' | 'polling';

const RETRY_FIRST_MS = 1000;
const RETRY_MOST_MS = 15_000;

export interface FollowOptions {
  number: number;
  setLive: (state: LiveState) => void;
  onPromotion: (promotion: PromotionDto) => void;
  onReconnect: () => void;
}

/**
 * Keeps an event stream open until the returned function is called. It opens again after every loss, by
 * itself or, where the server refused, after a wait that doubles; then it asks for a refetch, since what
 * happened in between was not sent. A hidden page lets its stream go: browsers allow six to a host.
 */
export function followEvents({ number, setLive, onPromotion, onReconnect }: FollowOptions): () => void {
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
