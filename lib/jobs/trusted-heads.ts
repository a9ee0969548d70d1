import { findLedger } from '../db/stage';
import type { Checksum } from '../ostree/format/checksum';
import { resolveRef } from '../ostree/repo/resolve-rev';
import type { RunScope } from './run-scope';

/**
 * Heads of the target whose whole tree Treeline has verified itself, object by object (departure 4): those that a
 * promotion put there, and adopted ones once they have been gone through. What any other head shares with the new
 * commit is checked anew. Where the edge asks for no hashing, being put there by a promotion is enough.
 */
export async function findTrustedHeads({ ctx, to, target, plan }: RunScope): Promise<Checksum[]> {
  const heads: Checksum[] = [];
  for (const row of await findLedger(ctx.db, to.id)) {
    const isGoodEnough = row.verifiedAt !== null || (!plan.verifyObjects && row.origin === 'promotion');
    if (!isGoodEnough) continue;
    const head = resolveRef(target, row.ref);
    if (head === row.checksum) heads.push(head);
  }
  return [...new Set(heads)];
}
