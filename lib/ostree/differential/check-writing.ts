import { existsSync, lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runOstree, tryOstree } from '../fixtures/run-ostree';
import type { Checksum } from '../format/checksum';
import { listPathXattrs } from '../native/xattrs';
import { pullRevs, recommitRef } from '../pull/pull-revs';
import { initRepo } from '../repo/init-repo';
import { openRepo, type Repo } from '../repo/open-repo';
import { commitState, readCommit } from '../repo/read-commit';
import { resolveRef } from '../repo/resolve-rev';
import { commitDirectory } from '../write/commit-tree';
import { branchOf, hasXattrs, isPartial, type MadeRepo, metadataOf, timestampOf } from './make-repo';
import { linesOf, pick } from './pick';
import { cloneRepo, describeFile, listBelow, listObjectFiles } from './repo-files';
import { unsyncedFs } from './unsynced-fs';
import { writeTree } from './write-tree';

/** An empty repository has the same folders and the same config, and each program takes the other's. */
export function checkInit({ plan, scratch }: MadeRepo): void {
  const [ours, theirs] = [join(scratch, 'init-ours'), join(scratch, 'init-theirs')];
  const { mode, collectionId } = plan;
  initRepo(ours, { mode, ...(collectionId !== null && { collectionId }), fs: unsyncedFs });
  const collection = collectionId === null ? [] : [`--collection-id=${collectionId}`];
  runOstree('init', `--repo=${theirs}`, `--mode=${mode}`, ...collection);
  const folders = (path: string) => readdirSync(path, { recursive: true }).sort();
  expect(folders(ours)).toEqual(folders(theirs));
  const config = (path: string) => linesOf(readFileSync(join(path, 'config'), 'utf8')).sort();
  expect(config(ours)).toEqual(config(theirs));
  openRepo(theirs).close();
  expect(runOstree('refs', `--repo=${ours}`)).toBe('');
}

/** Commits of the same directories with the same words are the same objects, file by file, and `ostree` finds them whole. */
export async function checkCommit(made: MadeRepo): Promise<void> {
  const { plan, scratch } = made;
  const path = join(scratch, 'committed');
  const directory = join(scratch, 'tree');
  initRepo(path, {
    mode: plan.mode,
    ...(plan.collectionId !== null && { collectionId: plan.collectionId }),
    fs: unsyncedFs,
  });
  const repo = openRepo(path, { fs: unsyncedFs });
  for (const { checksum, plan: commit, tree, parent } of made.commits) {
    // Treeline makes no commit without a ref or its binding.
    if (commit.parent === 'orphan' || commit.isUnbound) continue;
    writeTree(directory, tree, { hasXattrs: hasXattrs(plan) });
    const { subject, body, boundRefs } = commit;
    const ours = await commitDirectory(repo, {
      tree: directory,
      ref: branchOf(plan, commit),
      boundRefs,
      parent,
      subject,
      body,
      timestamp: timestampOf(commit),
      metadata: metadataOf(commit),
      generateSizes: commit.hasSizes,
    });
    if (commit.hasSizes) expect(allButSizes(path, ours)).toEqual(allButSizes(made.path, checksum));
    else expect(ours).toBe(checksum);
    expect(resolveRef(repo, branchOf(plan, commit))).toBe(ours);
  }
  repo.close();
  const objects = listObjectFiles(path);
  // A partial commit may lack its root.
  for (const name of objects.filter((one) => existsSync(join(made.path, 'objects', one)))) {
    expect(describeObject(join(path, 'objects', name)), name).toEqual(
      describeObject(join(made.path, 'objects', name)),
    );
  }
  if (objects.length > 0) expect(tryOstree('fsck', `--repo=${path}`)).toMatchObject({ isOk: true });
}

/** What a commit says but for the sizes of its objects as they are stored: the two programs deflate by two zlibs. */
function allButSizes(path: string, checksum: Checksum) {
  const repo = openRepo(path, { fs: unsyncedFs });
  try {
    const { parent, subject, body, timestamp, contentChecksum, metadata } = readCommit(repo, checksum);
    const others = [...metadata].filter(([key]) => key !== 'ostree.sizes');
    return {
      parent,
      subject,
      body,
      timestamp,
      contentChecksum,
      others,
      hasSizes: metadata.has('ostree.sizes'),
    };
  } finally {
    repo.close();
  }
}

/** All that two files of one object have in common; archives may be deflated by two zlibs. */
function describeObject(path: string) {
  const stat = lstatSync(path);
  const { mode, uid, gid, size, mtimeMs } = stat;
  const meta = { mode, uid, gid };
  if (stat.isSymbolicLink()) return { ...meta, target: readlinkSync(path) };
  if (path.endsWith('.filez')) return meta;
  if (!path.endsWith('.file')) return { ...meta, bytes: readFileSync(path).toString('hex') };
  return { ...meta, size, mtimeMs, xattrs: listPathXattrs(path).sort() };
}

/** What comes with a ref or a checksum, with some history, and then with a second one. */
export async function checkPull(made: MadeRepo, source: Repo): Promise<void> {
  const { plan, commits, scratch } = made;
  const [ours, theirs] = [join(scratch, 'pulled-ours'), join(scratch, 'pulled-theirs')];
  for (const path of [ours, theirs]) initRepo(path, { mode: plan.mode, fs: unsyncedFs });
  const branches = plan.branches.filter((branch) => resolveRef(source, branch) !== null);
  const revs = [...branches, ...commits.map(({ checksum }) => checksum)];
  const depth = pick([0, 0, 1, -1], plan.choices[2]);
  for (const choice of plan.choices.slice(0, 2)) {
    const rev = pick(revs, choice);
    const target = openRepo(ours, { fs: unsyncedFs });
    try {
      const head = resolveRef(source, rev) ?? (rev as Checksum);
      const pulled = pullRevs(source, target, [rev], { depth });
      if (isPartial(made, head)) {
        await expect(pulled).rejects.toMatchObject({ code: 'ostree/commit-partial' });
        return;
      }
      await pulled;
      const history = historyOf(source, head, depth);
      if (history.some((checksum) => isPartial(made, checksum))) {
        // libostree takes what is there of a partial parent, or fails on it; here history ends before it.
        const whole = history.slice(
          0,
          history.findIndex((checksum) => isPartial(made, checksum)),
        );
        expect(whole.every((checksum) => commitState(target, checksum) === 'complete')).toBe(true);
        expect(
          history.slice(whole.length).every((checksum) => commitState(target, checksum) === 'absent'),
        ).toBe(true);
        return;
      }
    } finally {
      target.close();
    }
    runOstree(
      'pull-local',
      `--repo=${theirs}`,
      '--disable-verify-bindings',
      `--depth=${depth}`,
      made.path,
      rev,
    );
    expectSameRepo(ours, theirs);
  }
}

function historyOf(source: Repo, head: Checksum, depth: number): Checksum[] {
  const history: Checksum[] = [];
  for (let at: Checksum | null = head; at !== null && (depth < 0 || history.length <= depth); ) {
    history.push(at);
    at = readCommit(source, at).parent;
  }
  return history;
}

/** The same objects, by the same hard links, and the same refs and marks. */
function expectSameRepo(ours: string, theirs: string): void {
  expect(listObjectFiles(ours)).toEqual(listObjectFiles(theirs));
  for (const name of listObjectFiles(ours)) {
    const [mine, other] = [join(ours, 'objects', name), join(theirs, 'objects', name)];
    // Detached metadata is nobody's to share: it changes with each signature.
    if (name.endsWith('.commitmeta')) expect(readFileSync(mine), name).toEqual(readFileSync(other));
    else expect(describeFile(mine), name).toBe(describeFile(other));
  }
  for (const folder of ['refs', 'state']) {
    expect(listBelow(join(ours, folder))).toEqual(listBelow(join(theirs, folder)));
    for (const name of listBelow(join(ours, folder))) {
      expect(readFileSync(join(ours, folder, name))).toEqual(readFileSync(join(theirs, folder, name)));
    }
  }
}

/** A commit made anew is the one that `ostree commit --tree=ref=…` makes of the same tree and words. */
export async function checkRecommit(made: MadeRepo, source: Repo): Promise<void> {
  const { plan, scratch } = made;
  const candidates = made.commits.filter(
    (commit) => !commit.plan.hasSizes && !isPartial(made, commit.checksum),
  );
  if (candidates.length === 0) return;
  const { checksum, plan: commit } = pick(candidates, plan.choices[0]);
  const path = join(scratch, 'recommitted');
  const { mode, collectionId } = plan;
  initRepo(path, { mode, ...(collectionId !== null && { collectionId }), fs: unsyncedFs });
  const target = openRepo(path, { fs: unsyncedFs });
  const timestamp = timestampOf(commit) + 60;
  const made1 = await recommitRef(source, target, { fromRef: checksum, toRef: 'stage/main', timestamp });
  target.close();
  const theirs = cloneRepo(made.path, join(scratch, 'recommitted-theirs'));
  const printed = runOstree(
    'commit',
    `--repo=${theirs}`,
    '--branch=stage/main',
    `--tree=ref=${checksum}`,
    `--subject=${commit.subject}`,
    `--body=${commit.body}`,
    `--timestamp=@${timestamp}`,
    ...[...metadataOf(commit)].map(([key, value]) => `--add-metadata-string=${key}=${value}`),
  );
  expect(`${made1.refs[0]?.to}\n`).toBe(printed);
  expect(runOstree('rev-parse', `--repo=${path}`, 'stage/main')).toBe(printed);
}
