'use client';

import { type UseMutationResult, useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTransition } from 'react';
import type { z } from 'zod';
import { apiSend } from '@/lib/query/api';

export interface SettingsMutationOptions<Input, Output> {
  method: 'POST' | 'PATCH' | 'DELETE';
  path: string | ((input: Input) => string);
  /** What is sent of the input; all of it unless told otherwise. */
  body?: (input: Input) => unknown;
  schema: z.ZodType<Output>;
  onDone?: (output: Output) => void;
}

/**
 * A write of the settings pages. They are made on the server, so what they show is asked for again after
 * each; it stays busy until the new page is there.
 */
export function useSettingsMutation<Input, Output>({
  method,
  path,
  body,
  schema,
  onDone,
}: SettingsMutationOptions<Input, Output>): UseMutationResult<Output, unknown, Input> & { isBusy: boolean } {
  const router = useRouter();
  const [isRefreshing, startTransition] = useTransition();
  const mutation = useMutation<Output, unknown, Input>({
    mutationFn: (input) =>
      apiSend(method, typeof path === 'string' ? path : path(input), body ? body(input) : input, schema),
    onSuccess: (output) => {
      startTransition(() => router.refresh());
      onDone?.(output);
    },
  });
  return { ...mutation, isBusy: mutation.isPending || isRefreshing };
}
