'use client';

import { createContext, type ReactNode, use, useSyncExternalStore } from 'react';

const RenderedAt = createContext<number | null>(null);

const TICK_MS = 5000;
const listeners = new Set<() => void>();
let timer: ReturnType<typeof setInterval> | undefined;
let current = 0;

function tick(): void {
  current = Date.now();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === undefined) timer = setInterval(tick, TICK_MS);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

function snapshot(): number {
  // A snapshot must not change between ticks, but may be stale after a pause without listeners.
  if (Date.now() - current > TICK_MS) current = Date.now();
  return current;
}

/**
 * Gives the time at which the server rendered the page, so that the first render in the browser says
 * the same; after that the browser's clock goes on by itself.
 */
export function NowProvider({ renderedAt, children }: { renderedAt: number; children: ReactNode }) {
  return <RenderedAt value={renderedAt}>{children}</RenderedAt>;
}

/** Milliseconds since 1970, renewed every few seconds by one timer for the whole page. */
export function useNow(): number {
  const renderedAt = use(RenderedAt);
  return useSyncExternalStore(subscribe, snapshot, () => renderedAt ?? snapshot());
}

const never = () => () => undefined;

/** false on the server and in the browser's first render, then true. */
export function useIsHydrated(): boolean {
  return useSyncExternalStore(
    never,
    () => true,
    () => false,
  );
}
