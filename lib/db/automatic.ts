import { AUTOMATIC_ACCOUNT_ID } from '../promotion/service-role';
import type { Reader } from './client';
import type { Promotion } from './generated/client';

/** States in which people or a run said no to a commit: it is not asked for again by itself. */
const refusedStates = ['rejected', 'withdrawn', 'failed', 'cancelled'];

/** Whether this commit of a ref was asked for along the edge, by whomever, and came to nothing by somebody's doing or a fault. */
export async function wasRefused(
  db: Reader,
  of: { edgeId: string; sourceRef: string; sourceChecksum: string },
): Promise<boolean> {
  const { edgeId, sourceRef, sourceChecksum } = of;
  const where = { edgeId, state: { in: refusedStates }, refs: { some: { sourceRef, sourceChecksum } } };
  return (await db.promotion.count({ where })) > 0;
}

/** Whether Treeline itself asked for the promotion. */
export function isAskedByItself({ requesterId }: Pick<Promotion, 'requesterId'>): boolean {
  return requesterId === AUTOMATIC_ACCOUNT_ID;
}
