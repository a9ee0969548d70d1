import type { Checksum } from '../../format/checksum';
import { ChecksumSet } from '../../format/checksum-set';
import type { Dirtree } from '../../format/dirtree';
import type { Repo } from '../../repo/open-repo';
import type { TreeRoot } from './fetch-commits';
import { readKnown, sameNamed } from './known-trees';
import type { ObjectBringer } from './object-bringer';
import { type Job, runJobs } from './run-jobs';

/**
 * Brings what trees consist of and the target's trusted trees do not have, many objects at once. It goes down only where
 * dirtree checksums differ (departure 4), level by level, and to each object once, however many paths lead to
 * it.
 *
 * @param trusted trees that the target has whole
 * @param options.width how many objects at once; `stop` is called when one has failed
 * @throws AppError as ObjectBringer
 */
export async function fetchTrees(
  target: Repo,
  bringer: ObjectBringer,
  roots: readonly TreeRoot[],
  trusted: readonly TreeRoot[],
  options: { width: number; stop: () => void },
): Promise<void> {
  const walk = new TreeWalk(target, bringer);
  for (const root of roots) walk.enter(root, trusted);
  await runJobs(options.width, () => walk.next(), options.stop);
}

interface Directory {
  readonly checksum: Checksum;
  /** Dirtrees of the target to compare it with. */
  readonly beside: readonly Checksum[];
}

class TreeWalk {
  readonly #target: Repo;
  readonly #bringer: ObjectBringer;
  readonly #dirtrees = new ChecksumSet();
  readonly #dirmetas = new GrowingSet();
  readonly #files = new GrowingSet();
  #level: Directory[] = [];
  #nextLevel: Directory[] = [];

  constructor(target: Repo, bringer: ObjectBringer) {
    this.#target = target;
    this.#bringer = bringer;
  }

  enter({ rootDirtree, rootDirmeta }: TreeRoot, trusted: readonly TreeRoot[]): void {
    if (!trusted.some((tree) => tree.rootDirmeta === rootDirmeta)) this.#dirmetas.add(rootDirmeta);
    if (trusted.some((tree) => tree.rootDirtree === rootDirtree)) return;
    const beside = trusted.map((tree) => tree.rootDirtree);
    this.#addDirectory(rootDirtree, beside);
  }

  /** Directories first: they say what else is needed. */
  next(): Job | null {
    if (this.#level.length === 0) [this.#level, this.#nextLevel] = [this.#nextLevel, this.#level];
    const directory = this.#level.pop();
    if (directory !== undefined) return () => this.#goDown(directory);
    const dirmeta = this.#dirmetas.take();
    if (dirmeta !== null) return () => this.#bringer.bringDirmeta(dirmeta);
    const file = this.#files.take();
    return file === null ? null : () => this.#bringer.bringFile(file);
  }

  async #goDown({ checksum, beside }: Directory): Promise<void> {
    const tree: Dirtree = await this.#bringer.bringDirtree(checksum);
    const known = readKnown(this.#target, beside);
    for (const file of tree.files) {
      if (!known.some((one) => one.files.has(file.checksum))) this.#files.add(file.checksum);
    }
    for (const dir of tree.dirs) {
      if (!known.some((one) => one.dirmetas.has(dir.dirmeta))) this.#dirmetas.add(dir.dirmeta);
      if (!known.some((one) => one.dirtrees.has(dir.dirtree)))
        this.#addDirectory(dir.dirtree, sameNamed(dir, known));
    }
  }

  #addDirectory(checksum: Checksum, beside: readonly Checksum[]): void {
    if (!this.#dirtrees.add(checksum)) return;
    this.#nextLevel.push({ checksum, beside });
  }
}

/** Gives each of its members once, in the order in which they came, while more are added. */
class GrowingSet {
  readonly #members = new ChecksumSet();
  readonly #iterator = this.#members[Symbol.iterator]();
  #taken = 0;

  add(member: Checksum): void {
    this.#members.add(member);
  }

  take(): Checksum | null {
    // An iterator that was asked at the end gives nothing of what comes later.
    if (this.#taken === this.#members.size) return null;
    this.#taken++;
    return this.#iterator.next().value as Checksum;
  }
}
