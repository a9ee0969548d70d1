import { looseName } from '../format/object-path';
import type { Repo } from '../repo/open-repo';
import { canLink, type Isolation } from './can-link';
import { ObjectCopier } from './copy-objects';
import { assertSpaceForCopies } from './free-space';
import { type ImportContext, importObjects } from './import-objects';
import type { ImportCounts, ObjectToImport } from './object-list';
import type { Pacer } from './pacer';
import { isLinkableToBareUserOnly, ObjectRewriter } from './rewrite-objects';

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
  assertSpace(objects: readonly ObjectToImport[]): void {
    for (const [repo, run] of this.#runs(objects)) {
      const { context, rewriter } = this.#lane(repo);
      // What is rewritten is counted object by object, since its size is not that in the source.
      const copied = rewriter === null ? run : run.filter(({ type }) => type !== 'file');
      if (context.copier.isUsed) assertSpaceForCopies(repo, this.#target, copied);
    }
  }

  /** Makes durable what the source's repositories hold: what was never written back would be lost with both names. */
  syncSource(): void {
    for (let at: Repo | null = this.#source; at !== null; at = at.parent) at.fs.syncfs(at.rootFd);
  }

  /**
   * Brings objects in the order given.
   * @param overrides for some objects: another pacer, hashing whatever was asked for
   * @throws AppError as importObjects and ObjectRewriter.rewrite
   */
  async import(
    objects: readonly ObjectToImport[],
    overrides: Partial<Pick<ImporterOptions, 'verifyObjects' | 'pacer'>> = {},
  ): Promise<void> {
    for (const [repo, run] of this.#runs(objects)) {
      const { context, rewriter } = this.#lane(repo);
      const own = { ...context, ...overrides };
      if (rewriter === null) {
        await importObjects(own, run);
        continue;
      }
      const isLinked = (object: ObjectToImport) => object.type !== 'file' || this.#isLinkable(repo, object);
      const linked: ObjectToImport[] = [];
      const rewritten: ObjectToImport[] = [];
      for (const object of run) {
        (isLinked(object) ? linked : rewritten).push(object);
        if (this.#isMixed(repo) && own.pacer.count()) await own.pacer.pause();
      }
      await rewriter.rewrite(rewritten, own.pacer);
      await importObjects(own, linked);
    }
  }

  /** Removes everything temporary, after success and after failure. */
  close(): void {
    for (const { context, rewriter } of this.#lanes.values()) {
      context.copier.close();
      rewriter?.close();
    }
  }

  #isMixed(repo: Repo): boolean {
    return repo.mode === 'bare-user' && this.#target.mode === 'bare-user-only';
  }

  #isLinkable(repo: Repo, object: ObjectToImport): boolean {
    return this.#isMixed(repo) && isLinkableToBareUserOnly(repo, object);
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

  /** `objects` in their order, cut where the repository that has them changes. */
  *#runs(objects: readonly ObjectToImport[]): Generator<[Repo, readonly ObjectToImport[]]> {
    if (this.#source.parent === null) {
      if (objects.length > 0) yield [this.#source, objects];
      return;
    }
    let run: ObjectToImport[] = [];
    let owner: Repo | null = null;
    for (const object of objects) {
      const next = ownerOf(this.#source, object);
      if (owner !== null && next !== owner) {
        yield [owner, run];
        run = [];
      }
      owner = next;
      run.push(object);
    }
    if (owner !== null) yield [owner, run];
  }
}

/** The repository of the chain that has the object; the source itself where none has, to be named as the one that lacks it. */
function ownerOf(source: Repo, { checksum, type }: ObjectToImport): Repo {
  for (let at: Repo | null = source; at !== null; at = at.parent) {
    if (at.fs.statAt(at.objectsFd, looseName(checksum, type, at.mode)) !== null) return at;
  }
  return source;
}
