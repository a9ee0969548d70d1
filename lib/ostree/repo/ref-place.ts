import { AppError } from '../../errors';
import { isCollectionId } from '../format/collection-id';
import { isListableRef, isRefFragment, quoteName } from '../format/ref-name';
import type { Repo } from './open-repo';

/** Where a ref lies in a repository. */
export interface RefPlace {
  /** `refs/heads`, `refs/remotes/<remote>` or `refs/mirrors/<collection ID>`. */
  readonly directory: string;
  /** Its name below that. */
  readonly ref: string;
  /** The collection that was named, or null. */
  readonly collectionId: string | null;
}

/** How `ostree refs --collections` prints a ref of a collection. */
const COLLECTION_REF = /^\(([^,()]+), ([^()]+)\)$/;

/**
 * Where the ref lies that a name means: `os/main` of the repository itself; `origin:os/main` of a remote;
 * `(org.example.Os, os/main)` or, where no remote is called so, `org.example.Os:os/main` of a collection. The
 * repository's own collection is itself (protocol 1.8).
 *
 * @throws AppError `ostree/ref-invalid` where it is no name that a ref can have
 * @see libostree `_ostree_repo_write_ref`
 */
export function findRefPlace(repo: Repo, name: string): RefPlace {
  const [, collection, collectionRef] = COLLECTION_REF.exec(name) ?? [];
  if (collection !== undefined && collectionRef !== undefined)
    return placeInCollection(repo, name, collection, collectionRef);
  const colon = name.indexOf(':');
  if (colon < 0) return checked(repo, name, { directory: 'refs/heads', ref: name, collectionId: null });
  const [prefix, ref] = [name.slice(0, colon), name.slice(colon + 1)];
  if (!isRefFragment(prefix)) throw invalid(repo, name);
  const isRemote = repo.fs.lstat(`${repo.root}/refs/remotes/${prefix}`)?.type === 'directory';
  if (!isRemote && isCollectionId(prefix)) return placeInCollection(repo, name, prefix, ref);
  return checked(repo, name, { directory: `refs/remotes/${prefix}`, ref, collectionId: null });
}

function placeInCollection(repo: Repo, name: string, collectionId: string, ref: string): RefPlace {
  if (!isCollectionId(collectionId)) throw invalid(repo, name);
  const isOwn = collectionId === repo.config.collectionId;
  return checked(repo, name, {
    directory: isOwn ? 'refs/heads' : `refs/mirrors/${collectionId}`,
    ref,
    collectionId,
  });
}

function checked(repo: Repo, name: string, place: RefPlace): RefPlace {
  if (isListableRef(place.ref)) return place;
  throw invalid(repo, name);
}

function invalid(repo: Repo, name: string): AppError {
  return new AppError('ostree/ref-invalid', `${quoteName(name)} is not the name of a ref`, {
    details: { ref: name, path: repo.path },
  });
}
