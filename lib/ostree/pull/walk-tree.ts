import { isAppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import type { Dirtree, DirtreeDir } from '../format/dirtree';
import type { Repo } from '../repo/open-repo';
import { readDirtree } from '../repo/read-object';
import type { Pacer } from './pacer';

/** A tree that the target has whole, or will have when what was walked before has been brought. */
export interface BaseTree {
  /** Where its dirtrees can be read. */
  readonly repo: Repo;
  readonly rootDirtree: Checksum;
  readonly rootDirmeta: Checksum;
}

/** Objects that trees consist of, less those that a base has. Each checksum stands once. */
export interface NeededObjects {
  readonly files: Set<Checksum>;
  readonly dirmetas: Set<Checksum>;
  /** Children before parents. */
  readonly dirtrees: Set<Checksum>;
}

export function noNeededObjects(): NeededObjects {
  return { files: new Set(), dirmetas: new Set(), dirtrees: new Set() };
}

/** A directory of a base, ready to be asked what it has. */
interface Base {
  readonly repo: Repo;
  readonly files: ReadonlySet<Checksum>;
  readonly dirtrees: ReadonlySet<Checksum>;
  readonly dirmetas: ReadonlySet<Checksum>;
  readonly dirtreeOf: ReadonlyMap<string, Checksum>;
}

interface Frame {
  readonly checksum: Checksum;
  readonly dirs: readonly DirtreeDir[];
  readonly bases: readonly Base[];
  next: number;
}

/**
 * Walks a tree of `source` beside the bases and adds to `needed` what none of them has. It goes down only where
 * dirtree checksums differ, so its cost is that of the difference. Iterative and memoised by checksum: a tree whose
 * directories share children has many more paths than objects.
 *
 * @param bases in any order; a dirtree of one that turns out missing or damaged in its repository counts as no base
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt` about objects of `source`; `ostree/aborted`
 */
export async function walkTree(
  source: Repo,
  root: { rootDirtree: Checksum; rootDirmeta: Checksum },
  bases: readonly BaseTree[],
  needed: NeededObjects,
  pacer: Pacer,
): Promise<void> {
  if (!bases.some((base) => base.rootDirmeta === root.rootDirmeta)) needed.dirmetas.add(root.rootDirmeta);
  if (bases.some((base) => base.rootDirtree === root.rootDirtree)) return;
  const entered = new Set<Checksum>();
  const stack: Frame[] = [];
  const enter = (checksum: Checksum, candidates: readonly { repo: Repo; checksum: Checksum }[]) => {
    if (entered.has(checksum) || needed.dirtrees.has(checksum)) return;
    entered.add(checksum);
    const tree = readDirtree(source, checksum);
    const known = candidates.map(readBase).filter((base) => base !== null);
    addFiles(tree, known, needed.files);
    stack.push({ checksum, dirs: tree.dirs, bases: known, next: 0 });
  };
  enter(
    root.rootDirtree,
    bases.map(({ repo, rootDirtree }) => ({ repo, checksum: rootDirtree })),
  );
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    const dir = frame.dirs[frame.next++];
    if (dir === undefined) {
      needed.dirtrees.add(frame.checksum);
      stack.pop();
      if (pacer.count()) await pacer.pause();
      continue;
    }
    const { bases: around } = frame;
    if (!around.some((base) => base.dirmetas.has(dir.dirmeta))) needed.dirmetas.add(dir.dirmeta);
    if (!around.some((base) => base.dirtrees.has(dir.dirtree))) enter(dir.dirtree, sameNamed(dir, around));
  }
}

function readBase({ repo, checksum }: { repo: Repo; checksum: Checksum }): Base | null {
  try {
    const { files, dirs } = readDirtree(repo, checksum);
    return {
      repo,
      files: new Set(files.map((file) => file.checksum)),
      dirtrees: new Set(dirs.map((dir) => dir.dirtree)),
      dirmetas: new Set(dirs.map((dir) => dir.dirmeta)),
      dirtreeOf: new Map(dirs.map((dir) => [dir.name, dir.dirtree])),
    };
  } catch (error) {
    // A head that lacks a dirtree vouches for nothing below it: what is there is then checked object by object.
    if (isAppError(error)) return null;
    throw error;
  }
}

function addFiles(tree: Dirtree, bases: readonly Base[], files: Set<Checksum>): void {
  for (const { checksum } of tree.files) {
    if (!bases.some((base) => base.files.has(checksum))) files.add(checksum);
  }
}

/** Where the bases have a directory of the same name. */
function sameNamed(dir: DirtreeDir, bases: readonly Base[]): { repo: Repo; checksum: Checksum }[] {
  return bases.flatMap(({ repo, dirtreeOf }) => {
    const checksum = dirtreeOf.get(dir.name);
    return checksum === undefined ? [] : [{ repo, checksum }];
  });
}
