import { findLedger } from '../db/stage';
import type { Checksum } from '../ostree/format/checksum';
import { resolveRef } from '../ostree/repo/resolve-rev';
import type { RunScope } from './run-scope';

/**
 * Heads of the target whose whole tree Treeline has verified itself, object by object, when it put them there
 * (departure 4). An adopted head was never looked at: what it shares with the new commit is checked anew.
 */
export async function findTrustedHeads({ ctx, to, target }: RunScope): Promise<Checksum[]> {
  const heads: Checksum[] = [];
  for (const row of await findLedger(ctx.db, to.id)) {
    if (row.origin !== 'promotion') continue;
    const head = resolveRef(target, row.ref);
    if (head === row.checksum) heads.push(head);
  }
  return [...new Set(heads)];
}
