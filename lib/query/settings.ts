import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { policyEffectSchema } from '../contracts/policy';
import { apiSend } from './api';

/**
 * What a change of policy would do to what waits, before it is saved. While it is asked for again the last answer stays.
 * @param path of the thing that would be changed, such as `/api/edges/…`
 */
export function policyEffectOptions(path: string, change: unknown) {
  return queryOptions({
    queryKey: ['policy-effect', path, change] as const,
    queryFn: () => apiSend('POST', `${path}/preview`, change, policyEffectSchema),
    placeholderData: keepPreviousData,
    gcTime: 0,
    retry: false,
  });
}
