'use client';

import { useQuery } from '@tanstack/react-query';
import { useSettled } from '@/components/promotions/use-settled';
import { type FreezePreviewDto, type FreezeTimesInput, freezeTimesSchema } from '@/lib/contracts/freeze';
import { freezePreviewOptions } from '@/lib/query/freezes';

const SETTLE_MILLISECONDS = 300;

/** When a window would hold, asked for as the form settles; nothing while the form is not filled in. */
export function useFreezePreview(times: FreezeTimesInput): {
  next: FreezePreviewDto['next'] | undefined;
  error: unknown;
  /** What is shown is of another draft than the one on the form. */
  isPending: boolean;
} {
  const settled = useSettled(times, SETTLE_MILLISECONDS);
  const isFilledIn = freezeTimesSchema.safeParse(settled).success;
  const { data, error, isFetching } = useQuery({ ...freezePreviewOptions(settled), enabled: isFilledIn });
  const isPending = isFetching || JSON.stringify(settled) !== JSON.stringify(times);
  return { next: isFilledIn && error === null ? data?.next : undefined, error, isPending };
}
