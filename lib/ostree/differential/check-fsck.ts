import { join } from 'node:path';
import { expect } from 'vitest';
import { tryOstree } from '../fixtures/run-ostree';
import type { Checksum } from '../format/checksum';
import { type FsckProblem, type FsckResult, fsckRepo } from '../repo/fsck-repo';
import { listRefs } from '../repo/list-refs';
import { openRepo } from '../repo/open-repo';
import { DAMAGE_KINDS, type Damage, damageObject, isOverlooked } from './damage';
import { isPartial, type MadeRepo } from './make-repo';
import { pick } from './pick';
import { reachedFrom } from './reached-from';
import { cloneRepo, listObjectFiles } from './repo-files';

/**
 * The verdict on a repository with one damaged object. The engine names exactly that object, with a commit and a path
 * that lead to it; `ostree fsck` says whether anything is wrong, and is expected to pass over what is listed in
 * `isOverlooked`, over what only partial commits need, and over refs to partial commits (LAB-5).
 */
export async function checkFsck(made: MadeRepo): Promise<void> {
  const { plan, scratch } = made;
  const path = cloneRepo(made.path, join(scratch, 'damaged'));
  const name = pick(
    listObjectFiles(path).filter((one) => !one.endsWith('.commitmeta')),
    plan.choices[0],
  );
  const damage = damageObject(path, name, pick(DAMAGE_KINDS, plan.choices[1]), plan.choices[2] as number);
  const needers = commitsThatNeed(made, objectOf(name));

  const found = await fsckAt(path, false);
  const expectation = expectedProblems(made, name, damage, needers);
  expect(found.problems.map(({ code, object, ref }) => ({ code, object, ref }))).toEqual(
    expect.arrayContaining(expectation),
  );
  expect(found.problems).toHaveLength(expectation.length);
  expect(found.ok).toBe(found.problems.length === 0);
  for (const problem of found.problems) expectTracedTo(made, problem, needers);
  expectQuick(await fsckAt(path, true), found);

  const theirs = tryOstree('fsck', '--quiet', `--repo=${path}`);
  // A commit that is not there needs nothing, and can only be missed where a ref names it.
  const isSeen = (!isMissingCommit(name, damage) && needers.length > 0) || isNamed(made, objectOf(name));
  expect(theirs, `${damage.kind} of ${name}: ${theirs.output}`).toMatchObject({
    isOk: !isSeen || isOverlooked(name, plan.mode, damage),
  });
}

async function fsckAt(path: string, isQuick: boolean): Promise<FsckResult> {
  const repo = openRepo(path);
  try {
    return await fsckRepo(repo, { isQuick });
  } finally {
    repo.close();
  }
}

function isMissingCommit(name: string, { kind }: Damage): boolean {
  return kind === 'missing' && name.endsWith('.commit');
}

/** `<checksum>.<type>` of a file below `objects/`. */
function objectOf(name: string): string {
  return name.replace('/', '').replace(/\.filez$/, '.file');
}

/** Commits that are said to be whole and lead to the object. */
function commitsThatNeed(made: MadeRepo, object: string): Checksum[] {
  const { path, plan, commits } = made;
  return [...new Set(commits.map(({ checksum }) => checksum))].filter(
    (checksum) => !isPartial(made, checksum) && reachedFrom(path, plan.mode, checksum).has(object),
  );
}

/** Whether the object is a commit that a ref names. */
function isNamed(made: MadeRepo, object: string): boolean {
  return refsOf(made).some(({ checksum }) => object === `${checksum}.commit`);
}

function refsOf(made: MadeRepo) {
  const repo = openRepo(made.path);
  try {
    return listRefs(repo, { includeRemotes: true, includeMirrors: true });
  } finally {
    repo.close();
  }
}

type Expected = Pick<FsckProblem, 'code' | 'object' | 'ref'>;

function expectedProblems(
  made: MadeRepo,
  name: string,
  damage: Damage,
  needers: readonly Checksum[],
): Expected[] {
  const object = objectOf(name);
  const problems: Expected[] = [];
  const isGone = isMissingCommit(name, damage);
  for (const { ref, checksum } of refsOf(made)) {
    const commit = `${checksum}.commit`;
    if (isGone && object === commit) problems.push({ code: 'ostree/object-missing', object, ref });
    else if (isPartial(made, checksum)) problems.push({ code: 'ostree/commit-partial', object: commit, ref });
  }
  const isHarmless = damage.kind === 'nothing' || (damage.kind === 'flipped' && !damage.isMeant);
  if (isHarmless || isGone) return problems;
  if (damage.kind !== 'missing') problems.push({ code: 'ostree/object-corrupt', object, ref: null });
  else if (needers.length > 0) problems.push({ code: 'ostree/object-missing', object, ref: null });
  return problems;
}

/** A problem of an object that some commit needs names such a commit, and a path that leads to it there. */
function expectTracedTo(made: MadeRepo, problem: FsckProblem, needers: readonly Checksum[]): void {
  if (problem.ref !== null) return;
  expect(problem.message).toContain(problem.object);
  if (needers.length === 0) {
    expect(problem).toMatchObject({ commit: null, path: null });
    return;
  }
  expect(needers).toContain(problem.commit);
  const reached = reachedFrom(made.path, made.plan.mode, problem.commit as Checksum);
  expect(reached.get(problem.object as string)).toContain(problem.path);
}

/** Presence and structure: what a quick look finds is a part of what a long one finds, and all but wrong content. */
function expectQuick(quick: FsckResult, full: FsckResult): void {
  const keyOf = ({ code, object, ref }: FsckProblem) => `${code} ${object} ${ref}`;
  const known = new Set(full.problems.map(keyOf));
  expect(quick.problems.map(keyOf).filter((key) => !known.has(key))).toEqual([]);
  const seen = new Set(quick.problems.map(keyOf));
  const missed = full.problems.filter((problem) => !seen.has(keyOf(problem)));
  expect(
    missed.filter(({ object, code }) => code !== 'ostree/object-corrupt' || !object?.endsWith('.file')),
  ).toEqual([]);
}
