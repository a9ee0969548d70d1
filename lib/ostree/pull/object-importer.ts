import { closeAll } from '../close-all';
import type { Checksum } from '../format/checksum';
import { looseName, type ObjectType } from '../format/object-path';
import type { ObjectBatch } from '../repo/object-batch';
import type { Repo } from '../repo/open-repo';
import { canLink, type Isolation } from './can-link';
import { ObjectCopier } from './copy-objects';
import { assertSpaceForCopies, countMissing } from './free-space';
import { eachFanout, type ImportContext, importHere, importObjects, makeFanouts } from './import-objects';
import { eachBatch, type ImportCounts, type ObjectToImport, toObject } from './object-list';
import type { Pacer } from './pacer';
import { isLinkableToBareUserOnly, ObjectRewriter } from './rewrite-objects';
import type { NeededObjects } from './walk-tree';

export interface ImporterOptions {
  readonly isolation?: Isolation;
  /** Hashes every object before it gets a name, or where it lies already. */
  readonly verifyObjects: boolean;
  readonly pacer: Pacer;
  readonly counts: ImportCounts;
}

/** How objects come from one repository: the source, or one that it keeps objects in (`core.parent`). */
interface Lane {
  readonly context: ImportContext;
  /** Null where source and target are of one mode. */
  readonly rewriter: ObjectRewriter | null;
}

/**
 * Brings objects from a source into a target, each from the repository of the source's chain that has it, by link or copy
 * where the modes are the same, by rewriting its content where they are not (protocol 1.6).
 */
export class ObjectImporter {
  readonly #source: Repo;
  readonly #target: Repo;
  readonly #options: ImporterOptions;
  readonly #lanes = new Map<Repo, Lane>();

  constructor(source: Repo, target: Repo, options: ImporterOptions) {
    this.#source = source;
    this.#target = target;
    this.#options = options;
  }

  /** @throws AppError `ostree/no-space` before anything is written, when copies would not fit */
  assertSpace(needed: NeededObjects): void {
    if (!this.#chain().some((repo) => this.#lane(repo).context.copier.isUsed)) return;
    let bytes = 0;
    for (const { type, checksums } of eachBatch(needed)) {
      for (const [repo, run] of this.#runs(type, checksums)) {
        const { context, rewriter } = this.#lane(repo);
        // What is rewritten is counted object by object, since its size is not that in the source.
        if (!context.copier.isUsed || (rewriter !== null && type === 'file')) continue;
        bytes += countMissing(repo, this.#target, [{ type, checksums: run }]).bytes;
      }
    }
    assertSpaceForCopies(this.#target, bytes);
  }

  /** Makes durable what the source's repositories hold: what was never written back would be lost with both names. */
  syncSource(): void {
    for (const repo of this.#chain()) repo.fs.syncfs(repo.rootFd);
  }

  /**
   * Brings all that a pull needs but the commits.
   * @throws AppError as importObjects and ObjectRewriter.rewrite
   */
  async importNeeded(needed: NeededObjects): Promise<void> {
    if (this.#source.parent === null && this.#source.mode === this.#target.mode) {
      await importObjects(this.#lane(this.#source).context, needed);
      return;
    }
    makeFanouts(this.#target, eachFanout(needed));
    for (const batch of eachBatch(needed)) await this.importBatch(batch);
  }

  /**
   * Brings some objects, in the order given; their directories are there.
   * @param overrides for these objects: another pacer, hashing whatever was asked for
   * @throws AppError as importNeeded
   */
  async importBatch(
    { type, checksums }: ObjectBatch,
    overrides: Partial<Pick<ImporterOptions, 'verifyObjects' | 'pacer'>> = {},
  ): Promise<void> {
    for (const [repo, run] of this.#runs(type, checksums)) {
      const { context, rewriter } = this.#lane(repo);
      const own = { ...context, ...overrides };
      const linked: Checksum[] = [];
      const rewritten: ObjectToImport[] = [];
      for (const checksum of run) {
        const object = toObject(checksum, type, this.#target.mode);
        if (rewriter === null || type !== 'file' || this.#isLinkable(repo, checksum)) linked.push(checksum);
        else rewritten.push(object);
        if (own.pacer.isDue()) await own.pacer.pause();
      }
      await rewriter?.rewrite(rewritten, own.pacer);
      await importHere(own, { type, checksums: linked });
      own.copier.flush();
    }
  }

  /** Removes everything temporary, after success and after failure. */
  close(): void {
    closeAll(
      [...this.#lanes.values()].flatMap(({ context, rewriter }) => [
        () => context.copier.close(),
        () => rewriter?.close(),
      ]),
    );
  }

  #isLinkable(repo: Repo, checksum: Checksum): boolean {
    const isMixed = repo.mode === 'bare-user' && this.#target.mode === 'bare-user-only';
    return isMixed && isLinkableToBareUserOnly(repo, checksum);
  }

  #lane(repo: Repo): Lane {
    const known = this.#lanes.get(repo);
    if (known !== undefined) return known;
    const target = this.#target;
    const { counts, isolation, pacer, verifyObjects } = this.#options;
    const copier = new ObjectCopier(repo, target, { isUsed: !canLink(repo, target, isolation), counts });
    const lane = {
      context: { source: repo, target, verifyObjects, copier, pacer, counts },
      rewriter:
        repo.mode === target.mode
          ? null
          : new ObjectRewriter(repo, target, { verifyPresent: verifyObjects, counts }),
    };
    this.#lanes.set(repo, lane);
    return lane;
  }

  /** The source, and the repositories that it keeps objects in. */
  #chain(): Repo[] {
    const chain: Repo[] = [];
    for (let at: Repo | null = this.#source; at !== null; at = at.parent) chain.push(at);
    return chain;
  }

  /** `checksums` in their order, cut where the repository that has the objects changes. */
  *#runs(type: ObjectType, checksums: readonly Checksum[]): Generator<[Repo, readonly Checksum[]]> {
    if (this.#source.parent === null) {
      if (checksums.length > 0) yield [this.#source, checksums];
      return;
    }
    let run: Checksum[] = [];
    let owner: Repo | null = null;
    for (const checksum of checksums) {
      // Where none has it, the source is named as the one that lacks it.
      const next = this.#chain().find((repo) => isHere(repo, checksum, type)) ?? this.#source;
      if (owner !== null && next !== owner) {
        yield [owner, run];
        run = [];
      }
      owner = next;
      run.push(checksum);
    }
    if (owner !== null) yield [owner, run];
  }
}

function isHere(repo: Repo, checksum: Checksum, type: ObjectType): boolean {
  return repo.fs.statTypeAt(repo.objectsFd, looseName(checksum, type, repo.mode)) !== null;
}
