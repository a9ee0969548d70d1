import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runOstree } from '../fixtures/run-ostree';
import type { Checksum } from '../format/checksum';
import { formatDeltaName } from '../format/delta-name';
import { listDeltas } from '../repo/list-deltas';
import { listRefs } from '../repo/list-refs';
import { openRepo, type Repo } from '../repo/open-repo';
import { findCommit } from '../repo/read-commit';
import { buildSummary } from '../write/build-summary';
import { type PruneOptions, type PruneResult, prune } from '../write/prune';
import { isPartial, isWhole, type MadeRepo, timestampOf } from './make-repo';
import { pick } from './pick';
import { reachedFrom } from './reached-from';
import { cloneRepo, listBelow, listObjectFiles } from './repo-files';
import { unsyncedFs } from './unsynced-fs';

/**
 * What a prune leaves: exactly what it should by a walk of the test's own, and what `ostree prune --refs-only` leaves.
 * The two differ where the engine keeps more on purpose (commits that the served summary names; refs of mirrors with
 * `--keep-younger-than`, R-7), and where libostree's result hangs on the order of a hash table: it stops at the
 * first commit that another ref has reached, however little of the depth is used up.
 */
export async function checkPrune(made: MadeRepo): Promise<void> {
  const { scratch } = made;
  const [ours, theirs] = [join(scratch, 'pruned-ours'), join(scratch, 'pruned-theirs')];
  cloneRepo(made.path, ours);
  const { options, flags } = chooseOptions(made);
  const served = removeServedRef(made, ours);
  cloneRepo(ours, theirs);

  const before = filesOf(ours);
  const planned = await withRepo(ours, (repo) => prune(repo, { ...options, isDryRun: true }));
  expect(filesOf(ours)).toEqual(before);
  const wanted = withRepo(ours, (repo) => [...wantedCommits(repo, options, true), ...served]);
  const wantedByOstree = withRepo(ours, (repo) =>
    wantedCommits(repo, options, options.keepYoungerThan === undefined),
  );
  const isOrdered = withRepo(ours, (repo) => isFreeOfOrder(repo, options));

  const result = await withRepo(ours, (repo) => prune(repo, options));
  expect(result).toEqual(planned);
  const output = runOstree('prune', `--repo=${theirs}`, '--refs-only', ...flags);
  expect(remains(ours)).toEqual(expectedRemains(made, new Set(wanted), false));
  if (!isOrdered) {
    const mine = new Set(remains(ours));
    expect(remains(theirs).filter((name) => !mine.has(name) && !name.endsWith('.tombstone-commit'))).toEqual(
      [],
    );
    return;
  }
  expect(remains(theirs)).toEqual(expectedRemains(made, new Set(wantedByOstree), true));
  if (remains(theirs).join() === remains(ours).join()) expectSameCounts(result, output);
  expectSameTombstones(ours, theirs);
}

function chooseOptions({ plan, commits }: MadeRepo): { options: PruneOptions; flags: string[] } {
  switch (pick(['all', 'depth', 'depth', 'younger', 'younger'], plan.choices[3])) {
    case 'all':
      return { options: {}, flags: [] };
    case 'depth': {
      const depth = pick([0, 0, 1, 2], plan.choices[4]);
      return { options: { depth }, flags: [`--depth=${depth}`] };
    }
    default: {
      // On a commit's very second, or one beyond: the border counts.
      const since = timestampOf(pick(commits, plan.choices[4]).plan) + pick([0, 1], plan.choices[5]);
      return { options: { keepYoungerThan: since }, flags: [`--keep-younger-than=@${since}`] };
    }
  }
}

/** Sometimes publishes a summary and then deletes a branch. @returns the commits that the summary names */
function removeServedRef(made: MadeRepo, path: string): Checksum[] {
  const { plan } = made;
  const branches = plan.branches.filter((branch) => existsSync(join(path, 'refs/heads', branch)));
  const isPublished = pick([true, false], plan.choices[6]) && branches.length > 0;
  // A repository with a partial head publishes nothing.
  if (!isPublished || plan.partials.length > 0) return [];
  return withRepo(path, (repo) => {
    const published = listRefs(repo, { includeMirrors: true }).map(({ checksum }) => checksum);
    writeFileSync(join(path, 'summary'), buildSummary(repo, { now: new Date('2026-11-25T12:00:00Z') }));
    const branch = pick(branches, plan.choices[7]);
    // An alias of what is gone stops both programs.
    if (!plan.extraRefs.some(({ kind }) => kind === 'alias')) rmSync(join(path, 'refs/heads', branch));
    return published;
  });
}

/** The commits that a prune has to leave, by the words of its documentation. */
function wantedCommits(repo: Repo, options: PruneOptions, includeMirrors: boolean): Checksum[] {
  const { depth = -1, keepYoungerThan } = options;
  return listRefs(repo, { includeRemotes: true, includeMirrors }).flatMap(({ checksum: head }) => {
    const kept: Checksum[] = [head];
    for (let at = findCommit(repo, head); at?.parent; at = findCommit(repo, at.parent)) {
      const parent = findCommit(repo, at.parent);
      if (parent === null || (depth >= 0 && kept.length > depth)) break;
      // By age, libostree follows a history as long as it is young, from the head on.
      const isTooOld =
        keepYoungerThan !== undefined && Math.min(at.timestamp, parent.timestamp) < keepYoungerThan;
      if (isTooOld) break;
      kept.push(at.parent);
    }
    return kept;
  });
}

/** Whether no ref's head lies in the history of another: libostree stops there, in the order in which it comes by. */
function isFreeOfOrder(repo: Repo, { depth = -1 }: PruneOptions): boolean {
  if (depth <= 0) return true;
  const heads = [
    ...new Set(
      listRefs(repo, { includeRemotes: true, includeMirrors: true }).map(({ checksum }) => checksum),
    ),
  ];
  return heads.every(
    (head) => !heads.some((other) => other !== head && ancestorsOf(repo, other).includes(head)),
  );
}

function ancestorsOf(repo: Repo, head: Checksum): Checksum[] {
  const ancestors: Checksum[] = [];
  for (let at = findCommit(repo, head); at?.parent; at = findCommit(repo, at.parent))
    ancestors.push(at.parent);
  return ancestors;
}

/** All files but the lock, which taking it makes. */
function filesOf(path: string): string[] {
  return listBelow(path).filter((name) => name !== '.lock');
}

/** What is left of objects, marks and deltas. */
function remains(path: string): string[] {
  const deltas = withRepo(path, listDeltas).map((delta) => `delta ${formatDeltaName(delta)}`);
  return [...listObjectFiles(path), ...listBelow(join(path, 'state')), ...deltas];
}

function expectedRemains(made: MadeRepo, wanted: ReadonlySet<Checksum>, isByOstree: boolean): string[] {
  const { path, plan, commits } = made;
  const reached = new Set(
    [...wanted].flatMap((commit) => {
      // Where the root is gone, libostree looks no further, and removes the dirmeta of a commit that it keeps.
      if (isByOstree && !isWhole(made, commit)) return [`${commit}.commit`];
      return [...reachedFrom(path, plan.mode, commit).keys()];
    }),
  );
  const objects = listObjectFiles(path).filter((name) => {
    const [checksum, extension = ''] = name.replace('/', '').split('.') as [Checksum, string];
    if (extension === 'commitmeta') return wanted.has(checksum);
    return reached.has(`${checksum}.${extension === 'filez' ? 'file' : extension}`);
  });
  const gone = [...new Set(commits.map(({ checksum }) => checksum))].filter(
    (checksum) => !wanted.has(checksum),
  );
  const tombstones = plan.keepsTombstones
    ? gone.map((one) => `${one.slice(0, 2)}/${one.slice(2)}.tombstone-commit`)
    : [];
  const marks = commits.filter(({ checksum }) => wanted.has(checksum) && isPartial(made, checksum));
  const deltas = withRepo(path, listDeltas).filter(({ to }) => wanted.has(to));
  return [
    ...[...objects, ...tombstones].sort(),
    ...[...new Set(marks.map(({ checksum }) => `${checksum}.commitpartial`))].sort(),
    ...deltas.map((delta) => `delta ${formatDeltaName(delta)}`),
  ];
}

/** `Total objects: 9`, `Deleted 3 objects, 1.2 kB freed`. */
function expectSameCounts(result: PruneResult, output: string): void {
  expect(output).toContain(`Total objects: ${result.objects}\n`);
  if (result.prunedObjects === 0) {
    expect(output).toContain('No unreachable objects');
    return;
  }
  const [, count, amount = '', unit = ''] = /Deleted (\d+) objects, ([\d.]+)\s(\w+) freed/.exec(output) ?? [];
  expect(Number(count)).toBe(result.prunedObjects);
  const factor = { byte: 1, bytes: 1, kB: 1e3, MB: 1e6 }[unit] ?? Number.NaN;
  // One digit behind the point is shown.
  expect(Math.abs(Number(amount) * factor - Number(result.prunedBytes))).toBeLessThanOrEqual(0.051 * factor);
}

function expectSameTombstones(ours: string, theirs: string): void {
  for (const name of listObjectFiles(ours).filter((one) => one.endsWith('.tombstone-commit'))) {
    const file = join(theirs, 'objects', name);
    if (existsSync(file)) expect(readFileSync(join(ours, 'objects', name))).toEqual(readFileSync(file));
  }
}

function withRepo<T>(path: string, use: (repo: Repo) => T): T {
  const repo = openRepo(path, { fs: unsyncedFs });
  const result = use(repo);
  if (result instanceof Promise) return result.finally(() => repo.close()) as T;
  repo.close();
  return result;
}
