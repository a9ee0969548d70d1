import { AppError } from '../errors';

/** The number that a cursor of a list by falling number holds; null for the first page. */
export function parseNumberCursor(cursor: string | null | undefined): number | null {
  if (cursor === null || cursor === undefined || cursor === '') return null;
  if (!/^[1-9]\d{0,14}$/.test(cursor)) {
    throw new AppError('input-invalid', 'cursor: is not one that a list gave', {
      details: { field: 'cursor' },
    });
  }
  return Number(cursor);
}

/** The cursor of the next page: the last number of this one. */
export function nextNumberCursor(hasMore: boolean, last: number | undefined): string | null {
  return hasMore && last !== undefined ? String(last) : null;
}
