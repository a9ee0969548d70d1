import { AppError } from '../errors';
import type { Refusal } from '../promotion/policy';

/** The error for what the policy refuses, so that the page's reason and the API's are the same. */
export function refusalError(number: number, refusal: Refusal): AppError {
  return new AppError(refusal.code, `promotion #${number}: ${refusal.why}`, {
    details: { promotion: number },
  });
}
