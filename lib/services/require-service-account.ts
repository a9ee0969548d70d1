import type { ServiceAccountRow } from '../db/api-token';
import { AppError } from '../errors';

/** @throws AppError `not-found` */
export function requireServiceAccount(row: ServiceAccountRow | null): ServiceAccountRow {
  if (row) return row;
  throw new AppError('not-found', 'there is no such service account');
}
