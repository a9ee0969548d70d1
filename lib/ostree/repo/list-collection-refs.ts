import { compareUtf8 } from '../../gvariant';
import type { Checksum } from '../format/checksum';
import { isCollectionId } from '../format/collection-id';
import { type Keyfile, keyfileString, parseKeyfile } from '../format/keyfile';
import { limits } from '../format/limits';
import { listRefs, type RefEntry } from './list-refs';
import type { Repo } from './open-repo';
import { readWholeFile } from './read-whole-file';

export interface CollectionRef {
  readonly collectionId: string;
  readonly ref: string;
  readonly checksum: Checksum;
}

/**
 * The refs that belong to a collection: the repository's own where it has a collection ID, those of remotes that are
 * configured with one, and what it mirrors. In the order of collection and name, each once.
 * @throws AppError as listRefs
 * @see libostree `ostree_repo_list_collection_refs`
 */
export function listCollectionRefs(repo: Repo): CollectionRef[] {
  const config = readWholeFile(repo.fs, `${repo.root}/config`, limits.configSizeBytesMax, 'config');
  const keyfile = parseKeyfile(Buffer.from(config ?? []).toString('utf8'));
  const found = new Map<string, CollectionRef>();
  for (const entry of listRefs(repo, { includeRemotes: true, includeMirrors: true })) {
    const place = collectionOf(repo, keyfile, entry);
    if (place === null) continue;
    const key = `${place.collectionId} ${place.ref}`;
    if (!found.has(key)) found.set(key, { ...place, checksum: entry.checksum });
  }
  return [...found.values()].sort(
    (a, b) => compareUtf8(a.collectionId, b.collectionId) || compareUtf8(a.ref, b.ref),
  );
}

function collectionOf(
  repo: Repo,
  keyfile: Keyfile,
  { ref, collectionId }: RefEntry,
): Pick<CollectionRef, 'collectionId' | 'ref'> | null {
  if (collectionId !== null) return { collectionId, ref };
  const colon = ref.indexOf(':');
  const owner =
    colon < 0
      ? repo.config.collectionId
      : keyfileString(keyfile, `remote "${ref.slice(0, colon)}"`, 'collection-id');
  return owner === null || !isCollectionId(owner) ? null : { collectionId: owner, ref: ref.slice(colon + 1) };
}
