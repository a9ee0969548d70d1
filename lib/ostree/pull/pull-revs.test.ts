import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fsckClean, listFiles, objectFile, ostree, PullFixture } from '../fixtures/pull-fixture';
import { changeRandomTree, makeRandomTree } from '../fixtures/random-tree';
import { withCode } from '../fixtures/with-code';
import type { Checksum } from '../format/checksum';
import { initRepo } from '../repo/init-repo';
import { listRefs } from '../repo/list-refs';
import { openRepo } from '../repo/open-repo';
import { readCommit } from '../repo/read-commit';
import { resolveRef } from '../repo/resolve-rev';
import { commitDirectory } from '../write/commit-tree';
import { lockRepo } from '../write/lock';
import { planRecommit } from '../write/recommit';
import { countPull } from './pull';
import { pullRevs, recommitRef } from './pull-revs';

let fixture: PullFixture;
let head: Checksum;
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit('os/main', '--add-metadata-string=version=1', '-s', 'First', '-m', 'Body');
});
afterEach(() => fixture.remove());

test('refs move with their commits; a checksum brings the commit alone', async () => {
  const other = fixture.commit('os/other');
  const first = await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main', other]);
  expect(first.refs).toEqual([{ ref: 'os/main', from: null, to: head }]);
  expect(first.commits.sort()).toEqual([head, other].sort());
  expect(resolveRef(fixture.openTarget(), 'os/other')).toBeNull();
  fixture.write('etc/config', 'version=2\n');
  const next = fixture.commit();
  const second = await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main']);
  expect(second.refs).toEqual([{ ref: 'os/main', from: head, to: next }]);
  // The file, its directory, the root, the commit.
  expect(second).toMatchObject({ objectsLinked: 4, objectsPresent: 0 });
  fsckClean(fixture.targetPath);
});

test('a name that is no ref, or one that may not be written, moves nothing', async () => {
  const pulled = (rev: string) => pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main', rev]);
  await expect(pulled('nowhere')).rejects.toMatchObject({ code: 'ostree/rev-not-found' });
  writeFileSync(join(fixture.sourcePath, 'refs/heads/tmp.abc123'), `${head}\n`);
  await expect(pulled('tmp.abc123')).rejects.toMatchObject({ code: 'ostree/ref-invalid' });
  expect(resolveRef(fixture.openTarget(), 'os/main')).toBeNull();
});

test('it waits for a prune of either side, and gives up in time', async () => {
  for (const repo of [fixture.openSource(), fixture.openTarget()]) {
    const lock = await lockRepo(repo, 'exclusive');
    const pulled = pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main'], { timeoutSeconds: 0.1 });
    await expect(pulled).rejects.toMatchObject({ code: 'ostree/lock-timeout', details: { path: repo.path } });
    lock.release();
  }
  expect((await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main'])).refs).toHaveLength(1);
});

test('a strict move waits for nobody: while somebody else holds the lock too, the ref stays', async () => {
  const timestamp = readCommit(fixture.openSource(), head).timestamp;
  const moves = (strictCas: boolean) => [
    () => pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main'], { strictCas }),
    () =>
      recommitRef(fixture.openSource(), fixture.openTarget(), {
        fromRef: 'os/main',
        toRef: 'stable/main',
        timestamp,
        strictCas,
      }),
  ];
  const lock = await lockRepo(fixture.openTarget(), 'shared');
  for (const move of moves(true)) await expect(move()).rejects.toEqual(withCode('ostree/lock-timeout'));
  expect(listRefs(fixture.openTarget())).toEqual([]);
  for (const move of moves(false)) expect((await move()).refs).toHaveLength(1);
  lock.release();
  for (const move of moves(true)) expect((await move()).refs).toHaveLength(1);
});

test('a commit made anew keeps the content, and is bound, dated and chained as the target wants it', async () => {
  rmSync(fixture.targetPath, { recursive: true });
  ostree('init', '--mode=archive', '--collection-id=org.example.Os', `--repo=${fixture.targetPath}`);
  const timestamp = readCommit(fixture.openSource(), head).timestamp;
  const recommit = (metadata = new Map<string, string>()) =>
    recommitRef(fixture.openSource(), fixture.openTarget(), {
      fromRef: 'os/main',
      toRef: 'stable/main',
      timestamp,
      metadata,
    });
  const first = await recommit();
  const made = first.refs[0]?.to as Checksum;
  expect(first.refs).toEqual([{ ref: 'stable/main', from: null, to: made }]);
  const [from, to] = [readCommit(fixture.openSource(), head), readCommit(fixture.openTarget(), made)];
  expect(to).toMatchObject({
    contentChecksum: from.contentChecksum,
    rootDirmeta: from.rootDirmeta,
    subject: 'First',
    body: 'Body',
    version: '1',
    parent: null,
    timestamp,
    refBindings: ['stable/main'],
    collectionBinding: 'org.example.Os',
  });
  const second = await recommit(new Map([['version', '1-stable']]));
  const again = readCommit(fixture.openTarget(), second.refs[0]?.to as Checksum);
  expect(again).toMatchObject({ parent: made, version: '1-stable', timestamp: timestamp + 1 });
  // The source's own commit does not come along.
  expect(listFiles(fixture.targetPath)).not.toContain(objectFile('', head, 'commit').slice(1));
  ostree('fsck', '--verify-bindings', `--repo=${fixture.targetPath}`);
});

test('planning a commit anew twice gives the same bytes, is counted, and writes nothing', async () => {
  const before = listFiles(fixture.targetPath);
  const plan = () =>
    planRecommit(fixture.openSource(), fixture.openTarget(), {
      from: head,
      toRef: 'a/b',
      timestamp: 2_000_000_000,
    });
  expect(plan()).toEqual(plan());
  const planned = plan();
  expect(planned).toMatchObject({ timestamp: 2_000_000_000 });
  const objects = listFiles(join(fixture.sourcePath, 'objects'));
  const [source, target] = [fixture.openSource(), fixture.openTarget()];
  const request = { commits: [], commitsToWrite: [planned] };
  expect(await countPull(source, target, request)).toMatchObject({
    // Its own instead of the one that it is made from.
    newObjects: objects.length,
    newBytes: objects
      .filter((path) => !path.endsWith('.commit'))
      .reduce(
        (sum, path) => sum + statSync(join(fixture.sourcePath, 'objects', path)).size,
        planned.bytes.length,
      ),
    commits: [planned.checksum],
  });
  expect(listFiles(fixture.targetPath)).toEqual(before);
});

test('whatever the trees, a pull of each release brings what a whole pull would', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pull-any-'));
  let round = 0;
  const property = fc.asyncProperty(
    fc.nat(1_000_000),
    fc.integer({ min: 1, max: 3 }),
    async (seed, releases) => {
      const base = join(folder, `round-${round++}`);
      const [sourcePath, targetPath, tree] = ['source', 'target', 'tree'].map((name) => join(base, name)) as [
        string,
        string,
        string,
      ];
      execFileSync('mkdir', ['-p', base]);
      for (const path of [sourcePath, targetPath]) initRepo(path);
      makeRandomTree(tree, seed, false);
      const [source, target] = [openRepo(sourcePath), openRepo(targetPath)];
      for (let release = 0; release < releases; release++) {
        const parent = resolveRef(source, 'main');
        await commitDirectory(source, { tree, ref: 'main', parent, timestamp: 1_000_000 + release });
        await pullRevs(source, target, ['main']);
        changeRandomTree(tree, seed + release, false);
      }
      fsckClean(targetPath);
      expect(listFiles(join(targetPath, 'objects'))).toEqual(listFiles(join(sourcePath, 'objects')));
      for (const repo of [source, target]) repo.close();
      rmSync(base, { recursive: true });
    },
  );
  await fc.assert(property, { numRuns: 8 });
  rmSync(folder, { recursive: true });
}, 120_000);
