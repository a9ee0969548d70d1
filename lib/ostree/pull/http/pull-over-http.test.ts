import { execFile } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemError, watchedFs } from '../../fixtures/faulty-fs';
import {
  fsckClean,
  listFiles,
  objectFile,
  ostree,
  PullFixture,
  visibleState,
} from '../../fixtures/pull-fixture';
import { StaticServer } from '../../fixtures/static-server';
import type { Checksum } from '../../format/checksum';
import { NO_SIGNATURES, serializeSignatureSet } from '../../format/signatures';
import { fsckRepo } from '../../repo/fsck-repo';
import { listRefs } from '../../repo/list-refs';
import { openRepo } from '../../repo/open-repo';
import { readCommit, readSignatures } from '../../repo/read-commit';
import { resolveRef } from '../../repo/resolve-rev';
import { lockRepo } from '../../write/lock';
import { pullRevs } from '../pull-revs';
import { type HttpPullOptions, pullOverHttp } from './pull-over-http';
import { parseRemoteUrl } from './remote-url';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

const run = promisify(execFile);
let fixture: PullFixture;
let server: StaticServer;
let head: Checksum;
beforeEach(async () => {
  fixture = new PullFixture();
  head = fixture.commit();
  server = await StaticServer.start(fixture.sourcePath);
});
afterEach(async () => {
  await server.stop();
  fixture.remove();
});

function pulled(revs: string[] = ['os/main'], options: HttpPullOptions = {}) {
  return pullOverHttp(parseRemoteUrl(server.url), fixture.openTarget(), revs, {
    backoffMilliseconds: 1,
    ...options,
  });
}

function objectsOf(path: string): string[] {
  return listFiles(join(path, 'objects'));
}

async function expectWhole(): Promise<void> {
  fsckClean(fixture.targetPath);
  expect((await fsckRepo(fixture.openTarget())).problems).toEqual([]);
  expect(listFiles(join(fixture.targetPath, 'tmp'))).toEqual([]);
  expect(listFiles(join(fixture.targetPath, 'state'))).toEqual([]);
}

test('a whole pull brings what ostree pull brings: the same refs and objects, the very same bytes', async () => {
  const result = await pulled();
  expect(result.refs).toEqual([{ ref: 'os/main', from: null, to: head }]);
  expect(result.commits).toEqual([head]);
  const objects = objectsOf(fixture.sourcePath);
  expect(result).toMatchObject({ objectsLinked: 0, objectsCopied: objects.length, objectsPresent: 0 });
  expect(objectsOf(fixture.targetPath)).toEqual(objects);
  for (const path of objects) {
    const [from, to] = [fixture.sourcePath, fixture.targetPath].map((repo) => join(repo, 'objects', path));
    expect(readFileSync(to as string)).toEqual(readFileSync(from as string));
  }
  await expectWhole();
  const mirror = join(fixture.folder, 'mirror');
  fixture.init(mirror);
  await run('ostree', ['remote', 'add', `--repo=${mirror}`, '--no-gpg-verify', 'origin', server.url]);
  await run('ostree', ['pull', `--repo=${mirror}`, '--mirror', 'origin', 'os/main']);
  expect(objectsOf(mirror)).toEqual(objects);
  expect(ostree('refs', `--repo=${fixture.targetPath}`)).toBe(ostree('refs', `--repo=${mirror}`));
});

test.each(['bare-user', 'bare-user-only', 'bare'] as const)(
  'into a repository in mode %s it writes what ostree writes there',
  async (mode) => {
    const [ours, theirs] = ['ours', 'theirs'].map((name) => join(fixture.folder, name)) as [string, string];
    for (const path of [ours, theirs]) fixture.init(path, mode);
    const target = openRepo(ours);
    const result = await pullOverHttp(parseRemoteUrl(server.url), target, ['os/main']);
    const problems = (await fsckRepo(target)).problems;
    target.close();
    expect(problems).toEqual([]);
    expect(result.objectsCopied).toBe(objectsOf(fixture.sourcePath).length);
    await run('ostree', ['remote', 'add', `--repo=${theirs}`, '--no-gpg-verify', 'origin', server.url]);
    await run('ostree', ['pull', `--repo=${theirs}`, '--mirror', 'origin', 'os/main']);
    const plainObjects = (path: string) => objectsOf(path).filter((name) => !name.endsWith('.payload-link'));
    expect(plainObjects(ours)).toEqual(plainObjects(theirs));
    fsckClean(ours);
    expect(listFiles(join(ours, 'tmp'))).toEqual([]);
  },
);

test('of a release whose predecessor is there, only what differs is asked for', async () => {
  await pulled();
  server.takeRequests();
  expect(await pulled()).toMatchObject({ objectsCopied: 0, objectsPresent: 0, commits: [] });
  // Signatures of a commit that is there may be new.
  const meta = `objects/${head.slice(0, 2)}/${head.slice(2)}.commitmeta`;
  expect(server.takeRequests()).toEqual(['config', 'summary', 'refs/heads/os/main', meta]);
  fixture.write('etc/config', 'version=2\n');
  const next = fixture.commit();
  const result = await pulled();
  expect(result.refs).toEqual([{ ref: 'os/main', from: head, to: next }]);
  // The file, its directory, the root, the commit.
  expect(result).toMatchObject({ objectsCopied: 4, objectsPresent: 0 });
  expect(server.takeRequests().filter((path) => path.startsWith('objects/'))).toHaveLength(5);
  await expectWhole();
});

test('of a release with the tree of its predecessor only the commit is asked for', async () => {
  await pulled();
  const next = fixture.commit('os/main', '--subject=Again');
  server.takeRequests();
  expect(await pulled()).toMatchObject({ objectsCopied: 1, commits: [next] });
  expect(server.takeRequests().filter((path) => path.startsWith('objects/'))).toHaveLength(2);
  await expectWhole();
});

test('a new directory is brought whole, beside a tree that has none of that name', async () => {
  await pulled();
  mkdirSync(join(fixture.tree, 'usr/new'));
  fixture.write('usr/new/file', 'new');
  fixture.commit();
  // The file, the dirtrees of new, usr and the root, the commit; its mode is that of the others.
  expect(await pulled()).toMatchObject({ objectsCopied: 5, objectsPresent: 0 });
  await expectWhole();
});

test.each(['is missing', 'is damaged'])(
  'below a directory of the head that %s nothing is taken for present',
  async (what) => {
    await pulled();
    const usr = fixture.checksumOf(head, '/usr');
    const lost = objectFile(fixture.targetPath, fixture.checksumOf(head, '/usr/bin/tool'), 'filez');
    fixture.write('usr/share/data', 'changed');
    const next = fixture.commit();
    unlinkSync(lost);
    const path = objectFile(fixture.targetPath, usr, 'dirtree');
    unlinkSync(path);
    if (what === 'is damaged') writeFileSync(path, 'something else');
    expect(await pulled()).toMatchObject({ commits: [next] });
    expect(existsSync(lost)).toBe(true);
  },
);

test('a disk that fails while a directory of the head is read ends the pull', async () => {
  await pulled();
  const usr = fixture.checksumOf(head, '/usr');
  fixture.write('usr/share/data', 'changed');
  fixture.commit();
  const fs = watchedFs(({ name, args }) => {
    if (name === 'openAt' && String(args[1]).includes(usr.slice(2))) throw systemError('EIO', name);
  });
  const target = fixture.openTarget(fs);
  const failed = pullOverHttp(parseRemoteUrl(server.url), target, ['os/main']);
  await expect(failed).rejects.toMatchObject({ code: 'ostree/io-failed' });
  expect(resolveRef(target, 'os/main')).toBe(head);
});

test('a chmod of a directory arrives though its dirtree is equal; --full looks at everything and fetches nothing', async () => {
  await pulled();
  await run('chmod', ['0700', join(fixture.tree, 'usr/share')]);
  fixture.commit();
  // usr/share’s dirmeta, usr’s dirtree, the root, the commit.
  expect(await pulled()).toMatchObject({ objectsCopied: 4 });
  server.takeRequests();
  const full = await pulled(['os/main'], { isFull: true });
  expect(full.objectsCopied).toBe(0);
  await expectWhole();
});

test('what lies in the target is checked, and a bad one is named and left to a person', async () => {
  await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main']);
  fixture.write('etc/config', 'version=2\n');
  const next = fixture.commit();
  const object = objectsOf(fixture.sourcePath).find(
    (path) => path.endsWith('.filez') && !objectsOf(fixture.targetPath).includes(path),
  ) as string;
  mkdirSync(join(fixture.targetPath, 'objects', object.slice(0, 2)), { recursive: true });
  writeFileSync(join(fixture.targetPath, 'objects', object), 'not what it should be');
  const checksum = object.replace('/', '').replace('.filez', '');
  await expect(pulled()).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: expect.stringContaining(`${checksum}.file in ${fixture.targetPath}`),
  });
  expect(resolveRef(fixture.openTarget(), 'os/main')).toBe(head);
  expect(existsSync(join(fixture.targetPath, 'state', `${next}.commitpartial`))).toBe(false);
});

test('a present, unmarked commit whose children are gone is pulled whole again', async () => {
  await pulled([head]);
  for (const path of objectsOf(fixture.targetPath))
    if (!path.endsWith('.commit')) unlinkSync(join(fixture.targetPath, 'objects', path));
  expect((await pulled()).refs).toEqual([{ ref: 'os/main', from: null, to: head }]);
  expect(objectsOf(fixture.targetPath)).toEqual(objectsOf(fixture.sourcePath));
  await expectWhole();
});

test('checksums move no ref; depth brings history, as far as the server has it', async () => {
  fixture.write('etc/config', 'version=2\n');
  const second = fixture.commit();
  fixture.write('etc/config', 'version=3\n');
  const third = fixture.commit();
  expect(await pulled([third])).toMatchObject({ refs: [], commits: [third] });
  expect(listRefs(fixture.openTarget())).toEqual([]);
  expect(await pulled([third], { depth: 1 })).toMatchObject({ commits: [second, third] });
  unlinkSync(objectFile(fixture.sourcePath, head, 'commit'));
  expect(await pulled(['os/main', second], { depth: -1 })).toMatchObject({
    refs: [{ ref: 'os/main', from: null, to: third }],
    // The head of a ref would be passed over; there was none.
    commits: [second, third],
  });
  await expectWhole();
});

test('histories that meet are brought once', async () => {
  fixture.write('etc/config', 'version=2\n');
  const second = fixture.commit();
  fixture.write('etc/config', 'version=3\n');
  const third = fixture.commit();
  expect(await pulled([second, third], { depth: -1 })).toMatchObject({ commits: [head, second, third] });
  expect(server.takeRequests().filter((path) => /commit(?:meta)?$/.test(path))).toHaveLength(6);
  await expectWhole();
});

test('a ref to a commit that the server lacks is told by name', async () => {
  unlinkSync(objectFile(fixture.sourcePath, head, 'commit'));
  await expect(pulled()).rejects.toMatchObject({
    code: 'ostree/object-missing',
    message: `${head}.commit is missing from ${server.url}`,
  });
});

test('a strict move waits for nobody: while somebody else holds the lock too, the ref stays', async () => {
  const lock = await lockRepo(fixture.openTarget(), 'shared');
  await expect(pulled(['os/main'], { strictCas: true })).rejects.toMatchObject({
    code: 'ostree/lock-timeout',
  });
  expect(listRefs(fixture.openTarget())).toEqual([]);
  lock.release();
  expect((await pulled(['os/main'], { strictCas: true })).refs).toHaveLength(1);
  await expectWhole();
});

test('refs come from the summary where there is one, and then from nowhere else', async () => {
  ostree('summary', '-u', `--repo=${fixture.sourcePath}`);
  fixture.write('etc/config', 'version=2\n');
  fixture.commit();
  fixture.commit('os/other');
  expect((await pulled()).refs).toEqual([{ ref: 'os/main', from: null, to: head }]);
  expect(server.takeRequests().slice(0, 2)).toEqual(['config', 'summary']);
  await expect(pulled(['os/other'])).rejects.toMatchObject({
    code: 'ostree/rev-not-found',
    message: expect.stringContaining('its summary has no such ref'),
  });
});

test('a commit larger than the summary says is not taken in', async () => {
  ostree('summary', '-u', `--repo=${fixture.sourcePath}`);
  const file = objectFile(fixture.sourcePath, head, 'commit');
  writeFileSync(file, Buffer.concat([readFileSync(file), Buffer.alloc(10)]));
  await expect(pulled()).rejects.toMatchObject({
    code: 'ostree/object-too-large',
    message: expect.stringContaining(`${head}.commit`),
  });
});

test('a name that is no ref, and a commit that is bound to another ref, move nothing', async () => {
  await expect(pulled(['os/main', 'nowhere'])).rejects.toMatchObject({ code: 'ostree/rev-not-found' });
  await expect(pulled(['tmp.abc123'])).rejects.toMatchObject({ code: 'ostree/ref-invalid' });
  await expect(pulled(['bad:os/main'])).rejects.toMatchObject({ code: 'ostree/ref-invalid' });
  writeFileSync(join(fixture.sourcePath, 'refs/heads/os/renamed'), `${head}\n`);
  await expect(pulled(['os/renamed'])).rejects.toMatchObject({
    code: 'ostree/binding-mismatch',
    message: `commit ${head} of ${server.url} is not what was asked for: it is not bound to ref "os/renamed"`,
  });
  expect(listRefs(fixture.openTarget())).toEqual([]);
  await expectWhole();
});

/** 64 bytes that read as `text`. */
function oneSignature(text: string) {
  return { ...NO_SIGNATURES, ed25519: [Buffer.from(text.padEnd(64))] };
}

test('signatures that the target has stay, those of the server are added', async () => {
  const sign = (repo: string, text: string) =>
    writeFileSync(objectFile(repo, head, 'commitmeta'), serializeSignatureSet(oneSignature(text)));
  sign(fixture.sourcePath, 'first');
  await pulled();
  sign(fixture.targetPath, 'second');
  await pulled();
  const set = readSignatures(fixture.openTarget(), head);
  expect(set.ed25519.map((bytes) => Buffer.from(bytes).toString().trimEnd())).toEqual(['second', 'first']);
});

test('refs of collections come from the summary or from their files, and are mirrored', async () => {
  rmSync(fixture.sourcePath, { recursive: true });
  ostree('init', '--mode=archive', '--collection-id=org.example.Os', `--repo=${fixture.sourcePath}`);
  const bound = fixture.commit('os/main');
  const other = fixture.commit(
    'os/other',
    '--add-metadata-string=ostree.collection-binding=org.example.Apps',
  );
  const mirrors = join(fixture.sourcePath, 'refs/mirrors/org.example.Apps/os');
  mkdirSync(mirrors, { recursive: true });
  renameSync(join(fixture.sourcePath, 'refs/heads/os/other'), join(mirrors, 'other'));
  const revs = ['org.example.Os:os/main', 'org.example.Apps:os/other'];
  for (const hasSummary of [false, true]) {
    if (hasSummary) ostree('summary', '-u', `--repo=${fixture.sourcePath}`);
    rmSync(fixture.targetPath, { recursive: true });
    ostree('init', '--mode=archive', '--collection-id=org.example.Os', `--repo=${fixture.targetPath}`);
    expect((await pulled(revs)).refs).toEqual([
      { ref: 'org.example.Os:os/main', from: null, to: bound },
      { ref: 'org.example.Apps:os/other', from: null, to: other },
    ]);
    expect(listFiles(join(fixture.targetPath, 'refs'))).toEqual([
      'heads/os/main',
      'mirrors/org.example.Apps/os/other',
    ]);
    fsckClean(fixture.targetPath);
    for (const rev of ['org.example.Apps:os/main', 'org.example.Nobody:os/main']) {
      await expect(pulled([rev])).rejects.toMatchObject({ code: 'ostree/rev-not-found' });
    }
  }
  writeFileSync(join(mirrors, 'main'), `${bound}\n`);
  rmSync(join(fixture.sourcePath, 'summary'));
  await expect(pulled(['org.example.Apps:os/main'])).rejects.toMatchObject({
    code: 'ostree/binding-mismatch',
    message: expect.stringContaining('it is not bound to collection "org.example.Apps"'),
  });
  renameSync(join(mirrors, 'other'), join(mirrors, 'main'));
  await expect(pulled(['org.example.Apps:os/main'])).rejects.toMatchObject({
    code: 'ostree/binding-mismatch',
  });
});

test('only an archive without a parent can be pulled from, and pulled into', async () => {
  const config = join(fixture.sourcePath, 'config');
  const good = readFileSync(config, 'utf8');
  const refusal = async (text: string | null) => {
    if (text === null) rmSync(config);
    else writeFileSync(config, text);
    return pulled().catch((error: Error) => error);
  };
  expect(await refusal(good.replace('archive-z2', 'bare'))).toMatchObject({
    code: 'ostree/mode-mismatch',
    message: `${server.url} is in mode bare: over HTTP only an archive can be pulled from`,
  });
  expect(await refusal(`${good}parent=/elsewhere\n`)).toMatchObject({ code: 'ostree/repo-unsupported' });
  expect(await refusal('<html>Welcome</html>')).toMatchObject({
    code: 'ostree/repo-invalid',
    message: expect.stringMatching(/^the config of http:.* cannot be used: line 1 is neither/),
  });
  expect(await refusal(null)).toMatchObject({
    code: 'ostree/repo-not-found',
    message: `${server.url} has no config file: it is not an OSTree repository`,
  });
  writeFileSync(config, good);
  appendFileSync(join(fixture.targetPath, 'config'), `parent=${fixture.sourcePath}\n`);
  await expect(pulled()).rejects.toMatchObject({
    code: 'ostree/repo-unsupported',
    message: `${fixture.targetPath} keeps objects in a parent repository (core.parent): pull to a whole one`,
  });
});

test('it waits for a prune of the target, and gives up in time', async () => {
  const lock = await lockRepo(fixture.openTarget(), 'exclusive');
  await expect(pulled(['os/main'], { timeoutSeconds: 0.1 })).rejects.toMatchObject({
    code: 'ostree/lock-timeout',
  });
  lock.release();
  const before = visibleState(fixture.targetPath);
  const stop = AbortSignal.abort();
  await expect(pulled(['os/main'], { signal: stop })).rejects.toMatchObject({ code: 'ostree/aborted' });
  expect(visibleState(fixture.targetPath)).toEqual(before);
  expect(readCommit(fixture.openTarget(), (await pulled()).commits[0] as Checksum).checksum).toBe(head);
});
