import { AppError } from '../../errors';
import { compareUtf8, type Dict, type Variant } from '../../gvariant';
import type { Checksum } from '../format/checksum';
import { serializeCommit } from '../format/commit';
import { S_IFDIR, S_IFLNK, S_IFREG, serializeDirmeta } from '../format/dirmeta';
import { serializeDirtree } from '../format/dirtree';
import type { FileHeader } from '../format/file-header';
import { limits } from '../format/limits';
import { SIZES_KEY, serializeObjectSizes } from '../format/object-sizes';
import { parseRefName } from '../format/ref-name';
import { canonicalHeader, canonicalMode } from '../format/stored-form';
import { Breather } from '../repo/breather';
import type { Repo } from '../repo/open-repo';
import { resolveRef } from '../repo/resolve-rev';
import type { RepoLock } from './lock';
import { ObjectWriter } from './object-writer';
import { nodeAt, type TreeNode } from './tree-node';
import { writeRefs } from './write-refs';

export interface CommitOptions {
  /** The ref that the commit is bound to and that moves to it. */
  ref: string;
  /** Further refs that it is bound to, so that it can be published under those names too (`--bind-ref`). */
  boundRefs?: readonly string[];
  /** The commit before it, or null. */
  parent: Checksum | null;
  subject?: string;
  body?: string;
  /** Seconds since 1970. */
  timestamp: number;
  /** Strings, or variants of any type, to keep with the commit: `version` and the like. */
  metadata?: ReadonlyMap<string, string | Variant>;
  /** Gives everything to root, without setuid, write access for others or extended attributes. */
  isCanonical?: boolean;
  /** Writes the sizes of all objects into the commit. Only an archive has them; elsewhere this does nothing. */
  generateSizes?: boolean;
  /** As for writeRefs: the lock that the caller holds. */
  strictLock?: RepoLock;
  signal?: AbortSignal;
}

/**
 * Commits a tree and moves the ref to the commit: objects first and durably, then the ref. The commit is bound to its ref
 * and to the repository's collection, as `ostree commit` does, and has the checksum that `ostree` gives the same tree
 * with the same words. The caller holds the shared repository lock.
 *
 * @returns the checksum of the commit
 * @throws AppError `ostree/ref-invalid`, `ostree/ref-moved` when somebody else moved the ref meanwhile, `ostree/path-invalid`,
 * `ostree/no-space`, `ostree/aborted`
 */
export async function commitTree(
  repo: Repo,
  options: CommitOptions & { readonly root: TreeNode },
): Promise<Checksum> {
  const ref = parseRefName(options.ref);
  if (options.root.type !== 'directory') {
    throw new AppError('ostree/path-invalid', 'only a directory can be committed');
  }
  const writer = new ObjectWriter(repo, {
    hasSizes: options.generateSizes === true && repo.mode === 'archive',
  });
  const head = resolveRef(repo, ref);
  try {
    const breather = new Breather(options.signal);
    // bare-user-only has nowhere to keep anything else (ostree-repo-commit.c `_ostree_repo_commit_modifier_apply`).
    const isCanonical = options.isCanonical === true || repo.mode === 'bare-user-only';
    const { dirtree, dirmeta } = await addDirectory({ writer, breather, isCanonical }, options.root, 0);
    const metadata = commitMetadata(repo, [ref, ...(options.boundRefs ?? [])], options.metadata);
    const sizes = [...writer.sizes];
    if (sizes.length > 0) metadata.set(SIZES_KEY, serializeObjectSizes(sizes));
    const bytes = serializeCommit({
      metadata,
      parent: options.parent,
      subject: options.subject ?? '',
      body: options.body ?? '',
      timestamp: options.timestamp,
      rootDirtree: dirtree,
      rootDirmeta: dirmeta,
    });
    const checksum = writer.addMetadata('commit', bytes);
    writer.place();
    writeRefs(repo, [{ ref, expected: head, to: checksum }], { strictLock: options.strictLock });
    return checksum;
  } finally {
    writer.close();
  }
}

/** As commitTree, with the directory `tree` of the machine: owners, permissions and extended attributes as they are. */
export async function commitDirectory(
  repo: Repo,
  options: CommitOptions & { readonly tree: string },
): Promise<Checksum> {
  const root = nodeAt(repo.fs, options.tree, !repo.config.disableXattrs);
  return commitTree(repo, { ...options, root });
}

/** In the order in which `ostree commit` writes it: it is part of the checksum (ot-builtin-commit.c `fill_bindings`). */
function commitMetadata(repo: Repo, refs: readonly string[], given: CommitOptions['metadata']): Dict {
  const metadata: Dict = new Map();
  for (const [key, value] of given ?? []) {
    metadata.set(key, typeof value === 'string' ? { type: 's', value } : value);
  }
  metadata.set('ostree.ref-binding', { type: 'as', value: refs.map(parseRefName).sort(compareUtf8) });
  const { collectionId } = repo.config;
  // Whoever names a collection means it (`--add-metadata-string=ostree.collection-binding=…`).
  if (collectionId !== null && !metadata.has('ostree.collection-binding')) {
    metadata.set('ostree.collection-binding', { type: 's', value: collectionId });
  }
  return metadata;
}

interface TreeContext {
  readonly writer: ObjectWriter;
  readonly breather: Breather;
  readonly isCanonical: boolean;
}

async function addDirectory(
  context: TreeContext,
  node: Extract<TreeNode, { type: 'directory' }>,
  depth: number,
): Promise<{ dirtree: Checksum; dirmeta: Checksum }> {
  const { writer, breather, isCanonical } = context;
  if (depth > limits.treeDepthMax) throw new AppError('ostree/path-invalid', 'the tree is nested too deep');
  const files: { name: string; checksum: Checksum }[] = [];
  const dirs: { name: string; dirtree: Checksum; dirmeta: Checksum }[] = [];
  for (const [name, child] of node.entries()) {
    if (child.type === 'directory') dirs.push({ name, ...(await addDirectory(context, child, depth + 1)) });
    else files.push({ name, checksum: await addContent(context, child) });
    if (breather.isDue()) await breather.breathe();
  }
  const byName = (a: { name: string }, b: { name: string }) => compareUtf8(a.name, b.name);
  const { uid, gid, permissions, xattrs } = node.meta;
  const mode = S_IFDIR | permissions;
  const dirmeta = isCanonical
    ? { uid: 0, gid: 0, mode: canonicalMode(mode), xattrs: [] }
    : { uid, gid, mode, xattrs };
  return {
    dirtree: writer.addMetadata(
      'dirtree',
      serializeDirtree({ files: files.sort(byName), dirs: dirs.sort(byName) }),
    ),
    dirmeta: writer.addMetadata('dirmeta', serializeDirmeta(dirmeta)),
  };
}

function addContent(
  { writer, isCanonical }: TreeContext,
  node: Exclude<TreeNode, { type: 'directory' }>,
): Promise<Checksum> | Checksum {
  const { uid, gid, permissions, xattrs } = node.meta;
  const isSymlink = node.type === 'symlink';
  const mode = (isSymlink ? S_IFLNK : S_IFREG) | permissions;
  const stated: FileHeader = { uid, gid, mode, target: isSymlink ? node.target : '', xattrs };
  const header = isCanonical ? canonicalHeader(stated) : stated;
  return isSymlink ? writer.addSymlink(header) : writer.addFile(header, node.sizeBytes, () => node.chunks());
}
