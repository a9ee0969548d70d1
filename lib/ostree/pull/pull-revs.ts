import type { Variant } from '../../gvariant';
import { type Checksum, isChecksum } from '../format/checksum';
import { parseRefName } from '../format/ref-name';
import { listRefs } from '../repo/list-refs';
import type { Repo } from '../repo/open-repo';
import { findRefPlace } from '../repo/ref-place';
import { resolveRef, resolveRev } from '../repo/resolve-rev';
import type { LockOptions } from '../write/lock';
import { planRecommit, writeRecommit } from '../write/recommit';
import { assertWritableRefs, type RefWrite, writeRefs } from '../write/write-refs';
import type { PullResult } from './apply-pull';
import { type CarriedDeltas, carryDeltas } from './carry-deltas';
import { lockForPull, type PullOptions, pull } from './pull';

export interface MovedRef {
  ref: string;
  from: Checksum | null;
  to: Checksum;
}

export type PullRevsResult = PullResult & {
  refs: MovedRef[];
  /** Static deltas that lead to what was asked for: those that came, and those that did not. */
  deltas: CarriedDeltas;
};

export interface MoveOptions extends LockOptions {
  /** Moves refs only while nobody else holds the target's lock, and fails where somebody does. */
  strictCas?: boolean;
}

export interface PullRevsOptions extends Omit<PullOptions, 'commits'>, MoveOptions {
  /** Brings static deltas along with the commits that they lead to; true by default. */
  carryDeltas?: boolean;
  /** Moves `<remote>:<ref>` instead of refs of the target's own, as `ostree pull-local --remote` does. */
  remote?: string;
}

/**
 * What `treeline repo pull` does: brings commits named by ref or checksum and moves the target's refs of the same
 * names, under the shared lock of both: its own, those of a remote (`remote:ref`) and those of a collection, which it
 * mirrors unless the collection is its own. A checksum moves no ref. By default the heads that are to be replaced are
 * trusted first, then the target's other unmarked heads.
 *
 * @throws AppError as pull and writeRefs; `ostree/rev-not-found`; `ostree/lock-timeout`
 */
export async function pullRevs(
  source: Repo,
  target: Repo,
  revs: readonly string[],
  options: PullRevsOptions = {},
): Promise<PullRevsResult> {
  const lock = await lockForPull(source, target, options);
  try {
    const commits = revs.map((rev) => resolveRev(source, rev));
    const writes = revs.flatMap((rev, index): RefWrite[] => {
      if (isChecksum(rev)) return [];
      const ref = options.remote === undefined ? rev : `${options.remote}:${findRefPlace(source, rev).ref}`;
      return [{ ref, expected: resolveRef(target, ref), to: commits[index] as Checksum }];
    });
    assertWritableRefs(target, writes);
    const trustedHeads = options.trustedHeads ?? headsToTrust(target, writes);
    const result = await pull(source, target, { ...options, commits, trustedHeads });
    const deltas =
      options.carryDeltas === false
        ? NO_DELTAS
        : await carryDeltas(source, target, [...commits, ...result.commits], options);
    writeRefs(target, writes, options.strictCas ? { strictLock: lock } : {});
    return {
      ...result,
      deltas,
      refs: writes.map(({ ref, expected, to }) => ({ ref, from: expected ?? null, to })),
    };
  } finally {
    lock.release();
  }
}

export const NO_DELTAS: CarriedDeltas = { carried: [], left: [] };

export interface RecommitRefOptions extends Omit<PullOptions, 'commits' | 'commitsToWrite'>, MoveOptions {
  fromRef: string;
  toRef: string;
  /** Seconds since 1970. */
  timestamp: number;
  metadata?: ReadonlyMap<string, string | Variant>;
}

/** What `treeline repo recommit` does, under the shared lock of both. Throws as pullRevs. */
export async function recommitRef(
  source: Repo,
  target: Repo,
  options: RecommitRefOptions,
): Promise<PullRevsResult> {
  const { fromRef, toRef, timestamp, metadata } = options;
  const lock = await lockForPull(source, target, options);
  try {
    const from = resolveRev(source, fromRef);
    const expected = resolveRef(target, parseRefName(toRef));
    const planned = planRecommit(source, target, { from, toRef, timestamp, parent: expected, metadata });
    const result = await writeRecommit(source, target, planned, options);
    const write = { ref: toRef, expected, to: planned.checksum };
    writeRefs(target, [write], options.strictCas ? { strictLock: lock } : {});
    return { ...result, deltas: NO_DELTAS, refs: [{ ref: toRef, from: expected, to: planned.checksum }] };
  } finally {
    lock.release();
  }
}

/** How many heads a tree is compared with; more would cost more than they save. */
const TRUSTED_HEADS_MAX = 8;

/** Heads whose trees spare the most: those that are to be replaced, then the target's others. */
export function headsToTrust(target: Repo, writes: readonly RefWrite[]): Checksum[] {
  const replaced = writes.flatMap(({ expected }) => expected ?? []);
  const others = listRefs(target).map(({ checksum }) => checksum);
  return [...new Set([...replaced, ...others])].slice(0, Math.max(TRUSTED_HEADS_MAX, replaced.length));
}
