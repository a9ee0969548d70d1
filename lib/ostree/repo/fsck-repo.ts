import type { AppErrorCode } from '../../errors';
import type { Checksum } from '../format/checksum';
import { limits } from '../format/limits';
import { type ObjectType, objectName, parseObjectFileName } from '../format/object-path';
import { ObjectSet } from '../format/object-set';
import { repoHandle } from '../threads/repo-handle';
import type { CheckJob } from '../threads/thread-job';
import { runInThreads, startThreads } from '../threads/thread-pool';
import { Breather } from './breather';
import { checkObjects, describeFault, type Fault } from './check-objects';
import { type CheckRefsOptions, checkRefs } from './check-refs';
import {
  HASHED_PER_BATCH,
  type PackedBatch,
  packedBatches,
  THREADS_PAY_FROM,
  unpackBatch,
} from './object-batch';
import type { Repo } from './open-repo';
import { commitState, readCommit, readSignatures } from './read-commit';
import { hasObject, readDirtree } from './read-object';
import { readSummary } from './read-summary';

export interface FsckProblem {
  readonly code: AppErrorCode;
  /** `<checksum>.<type>`, or null where no object is meant. */
  readonly object: string | null;
  /** A path in the tree of `commit` that leads to the object. */
  readonly path: string | null;
  readonly commit: Checksum | null;
  readonly ref: string | null;
  /** Of a mirrored ref; null for all others. */
  readonly collectionId: string | null;
  readonly message: string;
}

export interface FsckResult {
  readonly ok: boolean;
  /** Objects that were checked. */
  readonly objects: number;
  readonly problems: FsckProblem[];
}

export interface FsckOptions extends CheckRefsOptions {
  /** Looks at presence and structure only: metadata, and the headers of files, whose content is not read. */
  isQuick?: boolean;
  signal?: AbortSignal;
  onProgress?: (progress: { readonly done: number; readonly total: number }) => void;
}

/**
 * Checks a whole repository: every object that lies in it, that each commit which is not marked partial has all
 * that it needs, that each ref names such a commit, and that signatures and summary can be read. It finds everything
 * there is to find and throws only where it cannot go on.
 * @throws AppError `ostree/aborted`
 */
export function fsckRepo(repo: Repo, options: FsckOptions = {}): Promise<FsckResult> {
  return new Fsck(repo, options).run();
}

/** What is wrong with an object. */
type Why = Pick<Fault, 'code' | 'message'>;

const TYPES: readonly ObjectType[] = ['commit', 'dirtree', 'dirmeta', 'file'];

/** A directory that is still to be walked. */
interface Reach {
  readonly dirtree: Checksum;
  readonly path: string;
  readonly depth: number;
}

class Fsck {
  private readonly problems: FsckProblem[] = [];
  private readonly stored = new ObjectSet();
  private readonly reached = new ObjectSet();
  /** By the object's name. */
  private readonly faults = new Map<string, Why>();
  private readonly breather: Breather;
  private done = 0;

  constructor(
    private readonly repo: Repo,
    private readonly options: FsckOptions,
  ) {
    this.breather = new Breather(options.signal, () =>
      options.onProgress?.({ done: this.done, total: this.total() }),
    );
  }

  async run(): Promise<FsckResult> {
    this.breather.assertGoing();
    this.listObjects();
    await this.checkStored();
    for (const checksum of this.stored.of('commit')) {
      if (commitState(this.repo, checksum) !== 'partial') await this.checkCommit(checksum);
    }
    this.reportUnreached();
    this.checkRefs();
    this.checkSummary();
    this.options.onProgress?.({ done: this.done, total: this.total() });
    return { ok: this.problems.length === 0, objects: this.done, problems: this.problems };
  }

  private total(): number {
    return TYPES.reduce((sum, type) => sum + this.stored.of(type).size, 0);
  }

  private listObjects(): void {
    const { fs, root, mode } = this.repo;
    for (const { name: fanout, type } of fs.readdir(`${root}/objects`)) {
      if (type !== 'directory' || !/^[0-9a-f]{2}$/.test(fanout)) continue;
      for (const { name } of fs.readdir(`${root}/objects/${fanout}`)) {
        const object = parseObjectFileName(fanout, name, mode);
        if (object === null || object.type === 'tombstone-commit') continue;
        if (object.type === 'commitmeta') this.checkSignatures(object.checksum);
        else this.stored.add(object.checksum, object.type);
      }
    }
  }

  /** Checks every object that is here, on all cores where there are many. */
  private async checkStored(): Promise<void> {
    const handle = repoHandle(this.repo);
    const isQuick = this.options.isQuick === true;
    const take = async (faults: readonly Fault[], batch: PackedBatch): Promise<void> => {
      for (const { checksum, type, code, message } of faults) {
        this.faults.set(objectName(checksum, type), { code, message });
      }
      this.done += batch.count;
      await this.breather.breathe();
    };
    if (this.total() >= THREADS_PAY_FROM && handle !== null && startThreads()) {
      const jobs = mapEach(
        this.batches(),
        (batch): CheckJob => ({ kind: 'check', repo: handle, isQuick, batch }),
      );
      await runInThreads(jobs, (faults: Fault[], { batch }) => take(faults, batch));
      return;
    }
    for (const batch of this.batches())
      await take(checkObjects(this.repo, unpackBatch(batch), isQuick), batch);
  }

  private *batches(): Generator<PackedBatch, void, undefined> {
    for (const type of TYPES) yield* packedBatches(type, this.stored.of(type).inPieces(HASHED_PER_BATCH));
  }

  private checkSignatures(checksum: Checksum): void {
    try {
      readSignatures(this.repo, checksum);
    } catch (error) {
      const object = objectName(checksum, 'commitmeta');
      const fault = describeFault(error, `${object} in ${this.repo.path}`);
      this.report({ ...fault, object, commit: checksum });
    }
  }

  /** Walks down from a commit; each object is looked at once, under the first path that leads to it. */
  private async checkCommit(commit: Checksum): Promise<void> {
    if (!this.reach(commit, 'commit', commit, '/')) return;
    const { rootDirtree, rootDirmeta } = readCommit(this.repo, commit);
    this.reach(rootDirmeta, 'dirmeta', commit, '/');
    const pending: Reach[] = [{ dirtree: rootDirtree, path: '/', depth: 0 }];
    for (let reach = pending.pop(); reach !== undefined; reach = pending.pop()) {
      const { dirtree, path, depth } = reach;
      if (!this.reach(dirtree, 'dirtree', commit, path)) continue;
      if (depth >= limits.treeDepthMax) {
        this.reportTooDeep(dirtree, commit);
        continue;
      }
      const { files, dirs } = readDirtree(this.repo, dirtree);
      for (const { name, checksum } of files) this.reach(checksum, 'file', commit, path, name);
      for (const dir of dirs) {
        this.reach(dir.dirmeta, 'dirmeta', commit, path, dir.name);
        pending.push({ dirtree: dir.dirtree, path: joinPath(path, dir.name), depth: depth + 1 });
      }
      if (this.breather.isDue()) await this.breather.breathe();
    }
  }

  /**
   * Notes that `commit` needs an object, and reports it if it is not in order.
   * @returns whether what is below it is still to be walked
   */
  private reach(
    checksum: Checksum,
    type: ObjectType,
    commit: Checksum,
    directory: string,
    name = '',
  ): boolean {
    if (!this.reached.add(checksum, type)) return false;
    const why = this.stored.has(checksum, type)
      ? this.whyFaulty(checksum, type)
      : this.whyAbsent(checksum, type);
    if (why === null) return true;
    const path = name === '' ? directory : joinPath(directory, name);
    this.report({ ...why, object: objectName(checksum, type), commit, path });
    return false;
  }

  private whyFaulty(checksum: Checksum, type: ObjectType): Why | null {
    if (this.faults.size === 0) return null;
    return this.faults.get(objectName(checksum, type)) ?? null;
  }

  /** What is below is not looked into: no path could lead there. */
  private reportTooDeep(dirtree: Checksum, commit: Checksum): void {
    const object = objectName(dirtree, 'dirtree');
    const message = `${object} in ${this.repo.path} lies deeper than ${limits.treeDepthMax} directories`;
    this.report({ code: 'ostree/object-corrupt', message, object, commit });
  }

  /** Null where the parent repository has it, which then answers for it. */
  private whyAbsent(checksum: Checksum, type: ObjectType): Why | null {
    const { parent, path } = this.repo;
    if (parent !== null && hasObject(parent, checksum, type)) return null;
    return {
      code: 'ostree/object-missing',
      message: `${objectName(checksum, type)} is missing from ${path}`,
    };
  }

  private reportUnreached(): void {
    // Threads find them in no order.
    const objects = [...this.faults.keys()].sort();
    for (const object of objects) {
      const why = this.faults.get(object) as Why;
      const dot = object.indexOf('.');
      const type = object.slice(dot + 1) as ObjectType;
      if (!this.reached.has(object.slice(0, dot) as Checksum, type)) this.report({ ...why, object });
    }
  }

  private checkRefs(): void {
    for (const problem of checkRefs(this.repo, this.options)) this.report(problem);
  }

  private checkSummary(): void {
    try {
      readSummary(this.repo);
    } catch (error) {
      this.report(describeFault(error, `the summary of ${this.repo.path}`));
    }
  }

  private report(problem: Partial<FsckProblem> & Pick<FsckProblem, 'code' | 'message'>): void {
    const nothing = { object: null, path: null, commit: null, ref: null, collectionId: null };
    this.problems.push({ ...nothing, ...problem });
  }
}

function joinPath(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

function* mapEach<From, To>(
  items: Iterable<From>,
  toOther: (item: From) => To,
): Generator<To, void, undefined> {
  for (const item of items) yield toOther(item);
}
