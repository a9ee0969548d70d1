import { AppError, type AppErrorCode, errnoOf, isAppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import { limits } from '../format/limits';
import { type ObjectType, objectName, objectPath, parseObjectFileName } from '../format/object-path';
import { Breather } from './breather';
import { listRefs } from './list-refs';
import type { Repo } from './open-repo';
import { commitState, readCommit, readSignatures } from './read-commit';
import { hasObject, readDirtree } from './read-object';
import { readSummary } from './read-summary';
import { verifyObject } from './verify-object';

export interface FsckProblem {
  readonly code: AppErrorCode;
  /** `<checksum>.<type>`, or null where no object is meant. */
  readonly object: string | null;
  /** A path in the tree of `commit` that leads to the object. */
  readonly path: string | null;
  readonly commit: Checksum | null;
  readonly ref: string | null;
  readonly message: string;
}

export interface FsckResult {
  readonly ok: boolean;
  /** Objects that were checked. */
  readonly objects: number;
  readonly problems: FsckProblem[];
}

export interface FsckOptions {
  /** Looks at presence, type and metadata only: content is not read. */
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

interface Stored {
  readonly checksum: Checksum;
  readonly type: ObjectType;
}

/** What is known of an object by its checksum. Separate maps of checksums cost half of one map of names. */
interface ObjectState {
  /** Why it is not in order, or null. */
  readonly why: Why | null;
  isReached: boolean;
}

interface Why {
  readonly code: AppErrorCode;
  readonly message: string;
}

/** A directory that is still to be walked. */
interface Reach {
  readonly dirtree: Checksum;
  readonly path: string;
  readonly depth: number;
}

class Fsck {
  private readonly problems: FsckProblem[] = [];
  private readonly stored: Stored[] = [];
  private readonly states: Record<ObjectType, Map<Checksum, ObjectState>> = {
    commit: new Map(),
    dirtree: new Map(),
    dirmeta: new Map(),
    file: new Map(),
  };
  private readonly breather: Breather;
  private done = 0;

  constructor(
    private readonly repo: Repo,
    private readonly options: FsckOptions,
  ) {
    this.breather = new Breather(options.signal, () =>
      options.onProgress?.({ done: this.done, total: this.stored.length }),
    );
  }

  async run(): Promise<FsckResult> {
    this.breather.assertGoing();
    this.listObjects();
    for (const object of this.stored) {
      this.checkObject(object);
      this.done++;
      if (this.breather.isDue()) await this.breather.breathe();
    }
    for (const { checksum, type } of this.stored) {
      if (type === 'commit' && commitState(this.repo, checksum) !== 'partial')
        await this.checkCommit(checksum);
    }
    this.reportUnreached();
    this.checkRefs();
    this.checkSummary();
    this.options.onProgress?.({ done: this.done, total: this.stored.length });
    return { ok: this.problems.length === 0, objects: this.done, problems: this.problems };
  }

  private listObjects(): void {
    const { fs, root, mode } = this.repo;
    for (const { name: fanout, type } of fs.readdir(`${root}/objects`)) {
      if (type !== 'directory' || !/^[0-9a-f]{2}$/.test(fanout)) continue;
      for (const { name } of fs.readdir(`${root}/objects/${fanout}`)) {
        const object = parseObjectFileName(fanout, name, mode);
        if (object === null || object.type === 'tombstone-commit') continue;
        if (object.type === 'commitmeta') this.checkSignatures(object.checksum);
        else this.stored.push({ checksum: object.checksum, type: object.type });
      }
    }
  }

  private checkObject({ checksum, type }: Stored): void {
    let why: Why | null = null;
    try {
      if (this.options.isQuick && type === 'file') this.checkPresence(checksum);
      else verifyObject(this.repo, checksum, type);
    } catch (error) {
      why = describeError(error);
    }
    this.states[type].set(checksum, { why, isReached: false });
  }

  private checkPresence(checksum: Checksum): void {
    const { fs, root, mode } = this.repo;
    const stat = fs.lstat(`${root}/${objectPath(checksum, 'file', mode)}`);
    const isSymlinkAllowed = mode === 'bare' || mode === 'bare-user-only';
    if (stat?.type === 'file' || (isSymlinkAllowed && stat?.type === 'symlink')) {
      // An empty file is a whole object everywhere but in an archive, where a header comes first.
      if (mode !== 'archive' || stat.sizeBytes > 0) return;
    }
    throw new AppError(
      'ostree/object-corrupt',
      `${objectName(checksum, 'file')} is empty or no regular file`,
    );
  }

  private checkSignatures(checksum: Checksum): void {
    try {
      readSignatures(this.repo, checksum);
    } catch (error) {
      this.report({ ...describeError(error), object: `${checksum}.commitmeta`, commit: checksum });
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
      if (!this.reach(dirtree, 'dirtree', commit, path) || depth > limits.treeDepthMax) continue;
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
    let state = this.states[type].get(checksum);
    if (state?.isReached) return false;
    state ??= { why: this.whyAbsent(checksum, type), isReached: true };
    state.isReached = true;
    this.states[type].set(checksum, state);
    if (state.why === null) return true;
    const path = name === '' ? directory : joinPath(directory, name);
    this.report({ ...state.why, object: objectName(checksum, type), commit, path });
    return false;
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
    for (const { checksum, type } of this.stored) {
      const state = this.states[type].get(checksum);
      if (state === undefined || state.isReached || state.why === null) continue;
      this.report({ ...state.why, object: objectName(checksum, type) });
    }
  }

  private checkRefs(): void {
    const { path } = this.repo;
    try {
      for (const { ref, checksum } of listRefs(this.repo, { includeRemotes: true, includeMirrors: true })) {
        const state = commitState(this.repo, checksum);
        if (state === 'complete') continue;
        const code = state === 'partial' ? 'ostree/commit-partial' : 'ostree/object-missing';
        const what = state === 'partial' ? 'which is marked as partial' : 'which is missing';
        const message = `ref ${ref} of ${path} names commit ${checksum}, ${what}`;
        this.report({ code, message, object: objectName(checksum, 'commit'), commit: checksum, ref });
      }
    } catch (error) {
      this.report(describeError(error));
    }
  }

  private checkSummary(): void {
    try {
      readSummary(this.repo);
    } catch (error) {
      this.report(describeError(error));
    }
  }

  private report(problem: Partial<FsckProblem> & Pick<FsckProblem, 'code' | 'message'>): void {
    this.problems.push({ object: null, path: null, commit: null, ref: null, ...problem });
  }
}

function joinPath(directory: string, name: string): string {
  return directory === '/' ? `/${name}` : `${directory}/${name}`;
}

/** What went wrong with one object, of any error that reading it can end in. A bug is no problem of the repository. */
function describeError(error: unknown): { code: AppErrorCode; message: string; ref?: string } {
  if (isAppError(error)) {
    const { ref } = error.details;
    return { code: error.code, message: error.message, ...(typeof ref === 'string' && { ref }) };
  }
  const errno = errnoOf(error);
  if (errno === undefined || !(error instanceof Error)) throw error;
  return { code: 'ostree/io-failed', message: error.message };
}
