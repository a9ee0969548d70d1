import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { type FreezeTimesInput, freezeCalendarSchema, freezePreviewSchema } from '../contracts/freeze';
import { apiGet, apiSend } from './api';

/** What is frozen when, in a month such as `2026-12`. */
export function freezeCalendarOptions(month: string) {
  return queryOptions({
    queryKey: ['freeze-calendar', month] as const,
    queryFn: () => apiGet(`/api/freezes/calendar?month=${month}`, freezeCalendarSchema),
    refetchInterval: 60_000,
  });
}

/** When a window would hold, before it is saved. While it is asked for again the last answer stays. */
export function freezePreviewOptions(times: FreezeTimesInput) {
  return queryOptions({
    queryKey: ['freeze-preview', times] as const,
    queryFn: () => apiSend('POST', '/api/freezes/preview', times, freezePreviewSchema),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
}
