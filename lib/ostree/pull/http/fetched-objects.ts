import { errnoOf } from '../../../errors';
import type { Checksum } from '../../format/checksum';
import type { ObjectType } from '../../format/object-path';
import type { Repo } from '../../repo/open-repo';
import { readDirtree } from '../../repo/read-object';
import { verifyObject } from '../../repo/verify-object';
import { makeFanouts } from '../import-objects';
import { type ImportCounts, toObject } from '../object-list';
import type { Pacer } from '../pacer';
import { ObjectRewriter } from '../rewrite-objects';
import type { FetchStaging } from './fetch-staging';
import { Turnstile } from './turnstile';

/** How much content waits in the staging folder at most before it is made durable and gets its names. */
const PENDING_OBJECTS_MAX = 1000;
const PENDING_BYTES_MAX = 256 * 1024 * 1024;

/**
 * Gives fetched objects, which have been checked, their names in the target: each batch is made durable at once, then
 * linked without replacing anything. Into a target of another mode content is written anew.
 */
export class FetchedObjects {
  readonly #target: Repo;
  readonly #staging: FetchStaging;
  readonly #counts: ImportCounts;
  /** Null where the target is an archive too. */
  readonly #rewriter: ObjectRewriter | null;
  readonly #dirmetas: Checksum[] = [];
  readonly #dirtrees = new Set<Checksum>();
  /** One batch after the other: what a batch makes durable must be whole. */
  readonly #batches = new Turnstile();
  #files: Checksum[] = [];
  #bytes = 0;

  constructor(target: Repo, staging: FetchStaging, counts: ImportCounts) {
    this.#target = target;
    this.#staging = staging;
    this.#counts = counts;
    this.#rewriter =
      target.mode === 'archive'
        ? null
        : new ObjectRewriter(staging.repo, target, { verifyPresent: true, counts });
  }

  /** Content, which refers to nothing, is placed as it comes: what a later failure finds placed comes only once. */
  async addFile(checksum: Checksum, sizeBytes: number, pacer: Pacer): Promise<void> {
    this.#files.push(checksum);
    this.#bytes += sizeBytes;
    if (this.#rewriter === null) {
      this.#counts.objectsCopied++;
      this.#counts.bytesCopied += sizeBytes;
    }
    if (this.#files.length >= PENDING_OBJECTS_MAX || this.#bytes >= PENDING_BYTES_MAX)
      await this.placeFiles(pacer);
  }

  addDirmeta(checksum: Checksum): void {
    this.#dirmetas.push(checksum);
  }

  addDirtree(checksum: Checksum): void {
    this.#dirtrees.add(checksum);
  }

  /** Places the content that has come. Throws as ObjectRewriter.rewrite. */
  async placeFiles(pacer: Pacer): Promise<void> {
    const files = this.#files;
    this.#files = [];
    this.#bytes = 0;
    const leave = await this.#batches.enter();
    try {
      if (this.#rewriter === null) this.#link('file', files);
      else await this.#rewrite(this.#rewriter, files, pacer);
    } finally {
      leave();
    }
  }

  /** Everything that is left: content, then dirmetas, then dirtrees with children before parents; all durable. */
  async placeAll(pacer: Pacer): Promise<void> {
    await this.placeFiles(pacer);
    this.#link('dirmeta', this.#dirmetas);
    this.#link('dirtree', childrenFirst(this.#staging.repo, this.#dirtrees));
    this.#target.fs.syncfs(this.#target.rootFd);
  }

  /** Removes what is temporary beside the staging folder; after success and after failure. */
  close(): void {
    this.#rewriter?.close();
  }

  async #rewrite(rewriter: ObjectRewriter, files: readonly Checksum[], pacer: Pacer): Promise<void> {
    await rewriter.rewrite(
      files.map((checksum) => toObject(checksum, 'file', this.#target.mode)),
      pacer,
    );
    for (const checksum of files) this.#staging.drop(checksum, 'file');
  }

  #link(type: ObjectType, checksums: readonly Checksum[]): void {
    if (checksums.length === 0) return;
    const { fs, root, rootFd, mode } = this.#target;
    fs.syncfs(rootFd);
    const objects = checksums.map((checksum) => toObject(checksum, type, mode));
    makeFanouts(this.#target, objects);
    for (const { checksum, path } of objects) {
      const staged = this.#staging.pathOf(checksum, type);
      try {
        fs.link(staged, `${root}/objects/${path}`);
      } catch (error) {
        if (errnoOf(error) !== 'EEXIST') throw error;
        // Somebody else was faster; theirs has to be as good.
        verifyObject(this.#target, checksum, type);
      }
      fs.unlink(staged);
    }
  }
}

/** Orders dirtrees of a repository so that each comes after those of the set that it refers to. Iterative. */
export function childrenFirst(repo: Repo, dirtrees: ReadonlySet<Checksum>): Checksum[] {
  const ordered: Checksum[] = [];
  const entered = new Set<Checksum>();
  const stack: { checksum: Checksum; children: Checksum[] }[] = [];
  const enter = (checksum: Checksum) => {
    if (entered.has(checksum)) return;
    entered.add(checksum);
    const children = readDirtree(repo, checksum).dirs.map((dir) => dir.dirtree);
    stack.push({ checksum, children: children.filter((child) => dirtrees.has(child)) });
  };
  for (const root of dirtrees) {
    enter(root);
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const child = top.children.pop();
      if (child !== undefined) {
        enter(child);
        continue;
      }
      ordered.push(top.checksum);
      stack.pop();
    }
  }
  return ordered;
}
