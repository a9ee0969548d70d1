import type { Checksum, Repo } from '../ostree';
import { distanceToHead, identityOf } from '../promotion/commit-identity';
import { commitInfo, historyOf } from './commit-info';
import type { ServiceContext } from './service-context';

/** How a source ref stands to its target ref. `commits`: what the source has and the target has not, null unknown. */
export interface RefRelation {
  relation: 'same' | 'ahead' | 'behind' | 'diverged' | 'missing';
  commits: number | null;
}

export interface RelatedHead {
  repo: Repo;
  checksum: Checksum;
}

/**
 * Compares two heads by their histories, each read in its own repository. Along an edge that makes commits anew
 * (`recommit`) commits are the same where their trees are, by content checksum.
 */
export function relateRefs(
  ctx: ServiceContext,
  source: RelatedHead,
  target: RelatedHead | null,
  mode: 'identity' | 'recommit',
): RefRelation {
  if (target === null) return { relation: 'missing', commits: countHistory(ctx, source) };
  const key = `relation:${mode}:${source.repo.dev}:${source.repo.ino}:${source.checksum}:${target.checksum}`;
  const known = ctx.cache.get<RefRelation>(key);
  if (known) return known;
  const identify = (head: RelatedHead) => identityOf(mode, commitInfo(ctx, head.repo, head.checksum));
  const found = relate(ctx, source, target, mode, identify(source), identify(target));
  // Diverged may only mean that a parent is not there yet: that is looked at again.
  if (found.relation !== 'diverged') ctx.cache.set(key, found);
  return found;
}

function relate(
  ctx: ServiceContext,
  source: RelatedHead,
  target: RelatedHead,
  mode: 'identity' | 'recommit',
  sourceId: string,
  targetId: string,
): RefRelation {
  if (sourceId === targetId) return { relation: 'same', commits: 0 };
  const history = ({ repo, checksum }: RelatedHead) => historyOf(ctx, repo, checksum);
  const distance = distanceToHead(mode, history(source), () => history(target));
  if (distance === 0) return { relation: 'same', commits: 0 };
  if (distance !== null) return { relation: 'ahead', commits: distance };
  if (distanceTo(ctx, target, mode, sourceId) !== null) return { relation: 'behind', commits: 0 };
  return { relation: 'diverged', commits: null };
}

/** How many commits lie before the one that is `id` in the history of `head`; null where it isn't in it. */
function distanceTo(
  ctx: ServiceContext,
  head: RelatedHead,
  mode: 'identity' | 'recommit',
  id: string,
): number | null {
  let count = 0;
  for (const info of historyOf(ctx, head.repo, head.checksum)) {
    if (identityOf(mode, info) === id) return count;
    count += 1;
  }
  return null;
}

function countHistory(ctx: ServiceContext, head: RelatedHead): number {
  let count = 0;
  for (const _ of historyOf(ctx, head.repo, head.checksum)) count += 1;
  return count;
}
