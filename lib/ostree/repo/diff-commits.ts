import { AppError } from '../../errors';
import { compareUtf8 } from '../../gvariant';
import type { Checksum } from '../format/checksum';
import type { Dirtree, DirtreeDir, DirtreeFile } from '../format/dirtree';
import { corrupt } from '../format/format-error';
import { limits } from '../format/limits';
import { Breather } from './breather';
import type { Repo } from './open-repo';
import { readCommit } from './read-commit';
import { type FileInfo, readFileInfo } from './read-file';
import { readDirmeta, readDirtree } from './read-object';

/** One path that differs. JSON-safe: sizes are decimal strings, modes octal with type bits as `ostree ls` has them. */
export interface DiffRow {
  readonly path: string;
  /** What it is in `to`, or was in `from` if it is gone. */
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Checksum of the file, or of a directory's dirtree. */
  readonly from: Checksum | null;
  readonly to: Checksum | null;
  /** Of directories alone: a row of a directory that is in both means that these two differ. */
  readonly fromDirmeta: Checksum | null;
  readonly toDirmeta: Checksum | null;
  readonly fromMode: string | null;
  readonly toMode: string | null;
  /** Of files; null for what is none. */
  readonly fromSize: string | null;
  readonly toSize: string | null;
}

export interface Diff {
  /** Each sorted by the bytes of the paths. */
  readonly added: DiffRow[];
  readonly removed: DiffRow[];
  readonly modified: DiffRow[];
  /** How many there are of each, rows beyond `maxRows` included. */
  readonly counts: { readonly added: number; readonly removed: number; readonly modified: number };
  /** Bytes of file content in `to` less those in `from`. */
  readonly sizeChangeBytes: bigint;
  /** Whether rows were left out. */
  readonly isTruncated: boolean;
}

export interface DiffOptions {
  /** Rows to keep; the rest is counted only. */
  maxRows?: number;
  /** Passes over the headers of files: sizes and modes of files are null then, and a symlink counts as a file. */
  isBrief?: boolean;
  signal?: AbortSignal;
}

/** One side of a path: a file, a directory, or nothing. */
type Side = { readonly file: Checksum } | { readonly dirtree: Checksum; readonly dirmeta: Checksum } | null;

/**
 * What differs between two commits, which may lie in two repositories. Subtrees with equal checksums are not looked
 * into, so the work follows the size of the change. A directory that is removed or added is listed with everything
 * below it; one that is in both only where its dirmeta differs. `from` null compares with the empty tree.
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/object-too-large`, `ostree/aborted`
 */
export async function diffCommits(
  fromRepo: Repo,
  from: Checksum | null,
  toRepo: Repo,
  to: Checksum,
  options: DiffOptions = {},
): Promise<Diff> {
  return new TreeDiff(fromRepo, toRepo, options).run(from, to);
}

interface PendingPair {
  readonly path: string;
  readonly from: Checksum | null;
  readonly to: Checksum | null;
  readonly depth: number;
}

const EMPTY: Dirtree = { files: [], dirs: [] };

class TreeDiff {
  private readonly rows = { added: [] as DiffRow[], removed: [] as DiffRow[], modified: [] as DiffRow[] };
  private readonly counts = { added: 0, removed: 0, modified: 0 };
  private readonly pending: PendingPair[] = [];
  private readonly maxRows: number;
  private readonly isBrief: boolean;
  private readonly breather: Breather;
  private sizeChangeBytes = 0n;
  private rowCount = 0;
  /** Few dirmetas serve many directories. */
  private readonly modes = new Map<Checksum, string>();

  constructor(
    private readonly fromRepo: Repo,
    private readonly toRepo: Repo,
    options: DiffOptions,
  ) {
    this.maxRows = options.maxRows ?? limits.treeEntriesMax;
    this.isBrief = options.isBrief === true;
    this.breather = new Breather(options.signal);
  }

  async run(from: Checksum | null, to: Checksum): Promise<Diff> {
    this.breather.assertGoing();
    this.compare('/', 0, rootOf(this.fromRepo, from), rootOf(this.toRepo, to));
    for (let pair = this.pending.pop(); pair !== undefined; pair = this.pending.pop()) {
      await this.compareEntries(pair);
    }
    for (const rows of Object.values(this.rows)) rows.sort((a, b) => compareUtf8(a.path, b.path));
    return {
      ...this.rows,
      counts: this.counts,
      sizeChangeBytes: this.sizeChangeBytes,
      isTruncated: this.rowCount > this.maxRows,
    };
  }

  private async compareEntries({ path, from, to, depth }: PendingPair): Promise<void> {
    if (depth >= limits.treeDepthMax)
      throw corrupt(`the tree is deeper than ${limits.treeDepthMax} directories`);
    const fromTree = from === null ? EMPTY : readDirtree(this.fromRepo, from);
    const toTree = to === null ? EMPTY : readDirtree(this.toRepo, to);
    const prefix = path === '/' ? '/' : `${path}/`;
    for (const [name, left, right] of pairEntries(fromTree, toTree)) {
      this.compare(prefix + name, depth + 1, left, right);
      if (this.breather.isDue()) await this.breather.breathe();
    }
  }

  private compare(path: string, depth: number, from: Side, to: Side): void {
    const fromDir = from !== null && 'dirtree' in from ? from : null;
    const toDir = to !== null && 'dirtree' in to ? to : null;
    if (fromDir !== null && toDir !== null) {
      if (fromDir.dirmeta !== toDir.dirmeta) this.record('modified', path, from, to);
    } else {
      this.record(from === null ? 'added' : to === null ? 'removed' : 'modified', path, from, to);
    }
    if (fromDir?.dirtree === toDir?.dirtree) return;
    this.pending.push({ path, from: fromDir?.dirtree ?? null, to: toDir?.dirtree ?? null, depth });
  }

  private record(change: keyof Diff['counts'], path: string, from: Side, to: Side): void {
    // The root is neither added nor removed: every tree has one.
    if (path === '/' && change !== 'modified') return;
    if (++this.rowCount > limits.treeEntriesMax) {
      throw new AppError('ostree/object-too-large', `more than ${limits.treeEntriesMax} paths differ`);
    }
    this.counts[change]++;
    const fromInfo = this.describe(this.fromRepo, from);
    const toInfo = this.describe(this.toRepo, to);
    this.sizeChangeBytes += toInfo.sizeBytes - fromInfo.sizeBytes;
    if (this.rowCount > this.maxRows) return;
    this.rows[change].push({
      path,
      kind: (toInfo.kind ?? fromInfo.kind) as DiffRow['kind'],
      from: fromInfo.checksum,
      to: toInfo.checksum,
      fromDirmeta: fromInfo.dirmeta,
      toDirmeta: toInfo.dirmeta,
      fromMode: fromInfo.mode,
      toMode: toInfo.mode,
      fromSize: fromInfo.size,
      toSize: toInfo.size,
    });
  }

  private describe(repo: Repo, side: Side): SideInfo {
    if (side === null) return NOTHING;
    if ('file' in side) {
      if (this.isBrief) return { ...NOTHING, kind: 'file', checksum: side.file };
      return describeFile(side.file, readFileInfo(repo, side.file));
    }
    let mode = this.modes.get(side.dirmeta);
    if (mode === undefined) {
      mode = octalMode(readDirmeta(repo, side.dirmeta).mode);
      this.modes.set(side.dirmeta, mode);
    }
    return { ...NOTHING, kind: 'directory', checksum: side.dirtree, dirmeta: side.dirmeta, mode };
  }
}

interface SideInfo {
  readonly kind: DiffRow['kind'] | null;
  readonly checksum: Checksum | null;
  readonly dirmeta: Checksum | null;
  readonly mode: string | null;
  readonly size: string | null;
  readonly sizeBytes: bigint;
}

const NOTHING: SideInfo = {
  kind: null,
  checksum: null,
  dirmeta: null,
  mode: null,
  size: null,
  sizeBytes: 0n,
};

function describeFile(checksum: Checksum, info: FileInfo): SideInfo {
  const size = info.type === 'file' ? String(info.sizeBytes) : null;
  return {
    kind: info.type,
    checksum,
    dirmeta: null,
    mode: octalMode(info.mode),
    size,
    sizeBytes: info.sizeBytes,
  };
}

/** A mode as `ostree ls` writes it: octal with type bits and a leading zero. */
export function octalMode(mode: number): string {
  return `0${mode.toString(8)}`;
}

function rootOf(repo: Repo, checksum: Checksum | null): Side {
  if (checksum === null) return null;
  const { rootDirtree, rootDirmeta } = readCommit(repo, checksum);
  return { dirtree: rootDirtree, dirmeta: rootDirmeta };
}

/** The names that differ between two directories, or may differ below, each with its two sides. */
function* pairEntries(
  from: Dirtree,
  to: Dirtree,
): Generator<[name: string, from: Side, to: Side], void, undefined> {
  const names = new Set<string>();
  mergeByName<DirtreeFile>(from.files, to.files, (left, right) => {
    if (left?.checksum === right?.checksum) return;
    names.add((left ?? right)?.name as string);
  });
  mergeByName<DirtreeDir>(from.dirs, to.dirs, (left, right) => {
    if (left?.dirtree === right?.dirtree && left?.dirmeta === right?.dirmeta) return;
    names.add((left ?? right)?.name as string);
  });
  if (names.size === 0) return;
  const fromSides = sidesOf(from, names);
  const toSides = sidesOf(to, names);
  for (const name of names) yield [name, fromSides.get(name) ?? null, toSides.get(name) ?? null];
}

function sidesOf(tree: Dirtree, names: ReadonlySet<string>): Map<string, Side> {
  const sides = new Map<string, Side>();
  for (const { name, checksum } of tree.files) if (names.has(name)) sides.set(name, { file: checksum });
  for (const { name, dirtree, dirmeta } of tree.dirs)
    if (names.has(name)) sides.set(name, { dirtree, dirmeta });
  return sides;
}

/** Walks two sorted arrays at once; `take` gets the entries of each name. */
function mergeByName<T extends { readonly name: string }>(
  from: readonly T[],
  to: readonly T[],
  take: (from: T | undefined, to: T | undefined) => void,
): void {
  let f = 0;
  let t = 0;
  while (f < from.length || t < to.length) {
    const left = from[f];
    const right = to[t];
    const order = left === undefined ? 1 : right === undefined ? -1 : compareUtf8(left.name, right.name);
    take(order <= 0 ? left : undefined, order >= 0 ? right : undefined);
    if (order <= 0) f++;
    if (order >= 0) t++;
  }
}
