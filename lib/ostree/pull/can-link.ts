import type { Repo } from '../repo/open-repo';

/** How objects come to the target. */
export type Isolation = 'hardlink' | 'reflink' | 'copy';

/** Whether objects of the same form will be linked, as far as can be told before trying (protocol 1.6). */
export function canLink(source: Repo, target: Repo, isolation: Isolation = 'hardlink'): boolean {
  return isolation === 'hardlink' && source.dev === target.dev && source.ownerUid === target.ownerUid;
}
