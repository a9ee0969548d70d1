import { bufferOf } from '../format/buffer-of';
import { CHECKSUM_BYTES, type Checksum, readChecksum } from '../format/checksum';
import { ChecksumSet } from '../format/checksum-set';
import { eachDirtreeEntry, type RawEntry } from '../format/dirtree';
import { giveBack } from '../format/give-back';
import { THREADS_PAY_FROM } from '../repo/object-batch';
import { keepBytes } from '../repo/open-object';
import type { Repo } from '../repo/open-repo';
import { borrowMetadataBytes, isAboutObject, missingObject, namingObject } from '../repo/read-object';
import { startThreads } from '../threads/thread-pool';
import { type BaseDirectory, readBaseDirectory } from './base-directory';
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
  readonly files: ChecksumSet;
  readonly dirmetas: ChecksumSet;
  /** Children before parents. */
  readonly dirtrees: ChecksumSet;
}

export function noNeededObjects(): NeededObjects {
  return { files: new ChecksumSet(), dirmetas: new ChecksumSet(), dirtrees: new ChecksumSet() };
}

/** From this size on the bytes of a directory are worth giving back before what was walked is brought; they are its own. */
const LARGE_BYTES = 64 * 1024;

/** A directory whose subdirectories are still to be looked at. */
interface Frame {
  readonly checksum: Checksum;
  /** Of a directory without subdirectories, nothing. */
  readonly bytes: Buffer;
  /** Where in `bytes` its subdirectories stand, in threes: begin and end of the name, begin of the checksums. */
  readonly dirs: readonly number[];
  readonly bases: readonly BaseDirectory[];
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
  const entered = new ChecksumSet();
  const stack: Frame[] = [];
  const enter = (checksum: Checksum, candidates: readonly { repo: Repo; checksum: Checksum }[]) => {
    if (needed.dirtrees.has(checksum) || !entered.add(checksum)) return;
    stack.push(openFrame(source, checksum, candidates, needed.files));
  };
  enter(
    root.rootDirtree,
    bases.map(({ repo, rootDirtree }) => ({ repo, checksum: rootDirtree })),
  );
  for (let frame = stack.at(-1); frame !== undefined; frame = stack.at(-1)) {
    if (frame.next === frame.dirs.length) {
      needed.dirtrees.add(frame.checksum);
      stack.pop();
      if (frame.bytes.length >= LARGE_BYTES) giveBack(frame.bytes);
      // They come up while the rest of the tree is walked.
      if (needed.files.size >= THREADS_PAY_FROM) startThreads();
      pacer.advance(1);
      if (pacer.isDue()) await pacer.pause();
      continue;
    }
    const { bytes, bases: around } = frame;
    const [nameStart, nameEnd, at] = frame.dirs.slice(frame.next, frame.next + 3) as [number, number, number];
    frame.next += 3;
    if (around.length === 0) {
      needed.dirmetas.addBytes(bytes, at + CHECKSUM_BYTES);
      if (!needed.dirtrees.hasBytes(bytes, at)) enter(readChecksum(bytes, at), []);
      continue;
    }
    const dirmetaAt = at + CHECKSUM_BYTES;
    if (!around.some((base) => base.dirmetas.has(bytes, dirmetaAt))) {
      needed.dirmetas.addBytes(bytes, dirmetaAt);
    }
    if (around.some((base) => base.dirtrees.has(bytes, at))) continue;
    const sameNamed = around.flatMap((base) => {
      const checksum = base.dirtreeNamed(bytes, nameStart, nameEnd);
      return checksum === null ? [] : [{ repo: base.repo, checksum }];
    });
    enter(readChecksum(bytes, at), sameNamed);
  }
  entered.clear();
}

/** Reads a directory, and adds its files to those that are needed unless a base has them. */
function openFrame(
  source: Repo,
  checksum: Checksum,
  candidates: readonly { repo: Repo; checksum: Checksum }[],
  files: ChecksumSet,
): Frame {
  const bases = candidates.map(readBase).filter((base) => base !== null);
  const read = borrowMetadataBytes(source, checksum, 'dirtree');
  if (read === null) throw missingObject(source, checksum, 'dirtree');
  const bytes = bufferOf(read);
  const dirs: number[] = [];
  const onFile = ({ checksumAt }: RawEntry): void => {
    if (!bases.some((base) => base.files.has(bytes, checksumAt))) files.addBytes(bytes, checksumAt);
  };
  const onDir = ({ nameStart, nameEnd, checksumAt }: RawEntry): void => {
    dirs.push(nameStart, nameEnd, checksumAt);
  };
  namingObject(source, checksum, 'dirtree', () => eachDirtreeEntry(bytes, onFile, onDir));
  return { checksum, bytes: dirs.length === 0 ? NOTHING : bufferOf(keepBytes(read)), dirs, bases, next: 0 };
}

const NOTHING = Buffer.alloc(0);

function readBase({ repo, checksum }: { repo: Repo; checksum: Checksum }): BaseDirectory | null {
  try {
    return readBaseDirectory(repo, checksum);
  } catch (error) {
    // A head that lacks a dirtree vouches for nothing below it: what is there is then checked object by object.
    if (isAboutObject(error)) return null;
    throw error;
  }
}
