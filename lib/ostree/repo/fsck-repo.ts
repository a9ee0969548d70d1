import { AppError, type AppErrorCode, errnoOf, isAppError } from '../../errors';
import type { Checksum } from '../format/checksum';
import { limits } from '../format/limits';
import { type ObjectType, objectName, objectPath, parseObjectFileName } from '../format/object-path';
import { Breather } from './breather';
import { listRefs } from './list-refs';
import type { Repo } from './open-repo';
import { commitState, readCommit, readSignatures } from './read-commit';
import { hasObject, readDirmeta, readDirtree } from './read-object';
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

interface Reach {
  readonly checksum: Checksum;
  readonly type: ObjectType;
  readonly path: string;
  readonly depth: number;
}

class Fsck {
  private readonly problems: FsckProblem[] = [];
  private readonly stored: Stored[] = [];
  /** Objects, as `<checksum>.<type>`, that are there and in order. */
  private readonly sound = new Set<string>();
  /** Why an object is not. */
  private readonly broken = new Map<string, { code: AppErrorCode; message: string }>();
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
    await this.checkReachable();
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
    const object = objectName(checksum, type);
    try {
      if (this.options.isQuick && type === 'file') this.checkPresence(checksum);
      else verifyObject(this.repo, checksum, type);
      this.sound.add(object);
    } catch (error) {
      this.broken.set(object, describeError(error));
    }
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

  /** Walks down from every commit once; each object is looked at under the first path that leads to it. */
  private async checkReachable(): Promise<void> {
    const seen = new Set<string>();
    const reported = new Set<string>();
    for (const { checksum, type } of this.stored) {
      if (type !== 'commit' || commitState(this.repo, checksum) === 'partial') continue;
      const pending: Reach[] = [{ checksum, type, path: '/', depth: 0 }];
      for (let reach = pending.pop(); reach !== undefined; reach = pending.pop()) {
        const object = objectName(reach.checksum, reach.type);
        if (seen.has(object)) continue;
        seen.add(object);
        if (!this.isSound(reach)) {
          this.report({ ...this.whyUnsound(reach), object, commit: checksum, path: reach.path });
          reported.add(object);
        } else {
          pending.push(...this.childrenOf(reach));
        }
        if (this.breather.isDue()) await this.breather.breathe();
      }
    }
    for (const [object, why] of this.broken) if (!reported.has(object)) this.report({ ...why, object });
  }

  private isSound({ checksum, type }: Reach): boolean {
    if (this.sound.has(objectName(checksum, type))) return true;
    const { parent } = this.repo;
    return parent !== null && !hasObjectHere(this.repo, checksum, type) && hasObject(parent, checksum, type);
  }

  private whyUnsound({ checksum, type }: Reach): { code: AppErrorCode; message: string } {
    const object = objectName(checksum, type);
    const why = this.broken.get(object);
    return why ?? { code: 'ostree/object-missing', message: `${object} is missing from ${this.repo.path}` };
  }

  private childrenOf({ checksum, type, path, depth }: Reach): Reach[] {
    if (type === 'commit') {
      const { rootDirtree, rootDirmeta } = readCommit(this.repo, checksum);
      return [
        { checksum: rootDirmeta, type: 'dirmeta', path, depth },
        { checksum: rootDirtree, type: 'dirtree', path, depth },
      ];
    }
    if (type === 'dirmeta') readDirmeta(this.repo, checksum);
    if (type !== 'dirtree' || depth > limits.treeDepthMax) return [];
    const { files, dirs } = readDirtree(this.repo, checksum);
    const prefix = path === '/' ? '/' : `${path}/`;
    const reached = files.map(
      (file): Reach => ({ checksum: file.checksum, type: 'file', path: prefix + file.name, depth }),
    );
    for (const dir of dirs) {
      const below = prefix + dir.name;
      reached.push({ checksum: dir.dirmeta, type: 'dirmeta', path: below, depth });
      reached.push({ checksum: dir.dirtree, type: 'dirtree', path: below, depth: depth + 1 });
    }
    return reached;
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

function hasObjectHere(repo: Repo, checksum: Checksum, type: ObjectType): boolean {
  return repo.fs.lstat(`${repo.root}/${objectPath(checksum, type, repo.mode)}`) !== null;
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
