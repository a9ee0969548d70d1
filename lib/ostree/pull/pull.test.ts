import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FsCall, systemError, watchedFs } from '../fixtures/faulty-fs';
import {
  fsckClean,
  inodeOf,
  listFiles,
  objectFile,
  ostree,
  PullFixture,
  visibleState,
} from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import type { SignatureSet } from '../format/signatures';
import { commitState, readCommit, readSignatures } from '../repo/read-commit';
import { resolveRef } from '../repo/resolve-rev';
import { generateEd25519KeyPair, signEd25519 } from '../sign/ed25519';
import { mergeSignatures } from '../write/merge-commitmeta';
import { writeRefs } from '../write/write-refs';
import { countPull, pull, pullWithLocks } from './pull';

let fixture: PullFixture;
let head: Checksum;
beforeEach(() => {
  fixture = new PullFixture();
  head = fixture.commit();
});
afterEach(() => fixture.remove());

function setRef(commit: Checksum, ref = 'os/main'): void {
  writeRefs(fixture.openTarget(), [{ ref, expected: undefined, to: commit }]);
}

async function pullHead(commit: Checksum = head, options = {}) {
  return pullWithLocks(fixture.openSource(), fixture.openTarget(), { commits: [commit], ...options });
}

test('a pulled commit is whole, unmarked, linked to the source, and clean for ostree fsck', async () => {
  const result = await pullHead();
  setRef(head);
  fsckClean(fixture.targetPath);
  expect(ostree('rev-parse', '--repo', fixture.targetPath, 'os/main').trim()).toBe(head);
  const objects = listFiles(join(fixture.sourcePath, 'objects'));
  expect(listFiles(join(fixture.targetPath, 'objects'))).toEqual(objects);
  for (const path of objects) {
    expect(inodeOf(join(fixture.targetPath, 'objects', path))).toBe(
      inodeOf(join(fixture.sourcePath, 'objects', path)),
    );
  }
  expect(result).toEqual({
    objectsLinked: objects.length,
    objectsCopied: 0,
    objectsPresent: 0,
    bytesCopied: 0,
    commits: [head],
  });
  expect(listFiles(join(fixture.targetPath, 'state'))).toEqual([]);
  expect(listFiles(join(fixture.targetPath, 'tmp'))).toEqual([]);
});

test('pulling again finds everything there, and with the head trusted looks at nothing', async () => {
  await pullHead();
  const again = await pullHead();
  expect(again).toMatchObject({
    objectsLinked: 0,
    objectsPresent: listFiles(join(fixture.sourcePath, 'objects')).length,
  });
  setRef(head);
  expect(await pullHead()).toMatchObject({ objectsLinked: 0, objectsPresent: 0, commits: [] });
  expect(await pullHead(head, { isFull: true })).toMatchObject({ objectsPresent: again.objectsPresent });
});

test('everything happens in the order that keeps the target valid at each instant', async () => {
  const calls: FsCall[] = [];
  const fs = watchedFs((call) => calls.push(call));
  await pull(fixture.openSource(fs), fixture.openTarget(fs), { commits: [head] });
  const names = calls.map(({ name, args }) => {
    const path = String(args.at(name === 'linkAt' ? 1 : 0));
    if (name === 'linkAt') return `link ${path.split('.').at(-1)}`;
    if (name === 'open' && path.endsWith('.commitpartial')) return 'mark';
    if (name === 'unlink' && path.endsWith('.commitpartial')) return 'unmark';
    return name;
  });
  const steps = names.filter((name) => /^(?:link|mark|unmark|syncfs|fsync)/.test(name));
  const order = steps.filter((name, index) => name !== steps[index - 1]);
  // Where the commit's checksum makes a directory of its own, `objects/` is made durable once more before it.
  expect(order.join(', ')).toMatch(
    /^syncfs, mark, fsync, link filez, link dirmeta, link dirtree, syncfs, (fsync, )?link commit, fsync, unmark, fsync$/,
  );
});

test('a present, unmarked commit whose children are gone is pulled whole again', async () => {
  await pullHead();
  const objects = join(fixture.targetPath, 'objects');
  const kept = listFiles(objects);
  const prune = () => {
    for (const path of kept) if (!path.endsWith('.commit')) rmSync(join(objects, path));
  };
  // What a prune leaves that was killed: no ref names the commit.
  prune();
  await pullHead();
  expect(listFiles(objects)).toEqual(kept);
  setRef(head);
  fsckClean(fixture.targetPath);
  // The head of a ref is taken for whole, unless everything is asked for.
  prune();
  await pullHead(head, { isFull: true });
  expect(listFiles(objects)).toEqual(kept);
  fsckClean(fixture.targetPath);
});

test('a change brings what changed alone, a new mode of a directory or of the root among it', async () => {
  await pullHead();
  setRef(head);
  chmodSync(join(fixture.tree, 'usr/share'), 0o700);
  const second = fixture.commit();
  const first = await pullHead(second);
  // The dirmeta, the dirtrees of usr and of the root, the commit.
  expect(first).toMatchObject({ objectsLinked: 4, objectsPresent: 0 });
  setRef(second);
  chmodSync(fixture.tree, 0o711);
  const third = fixture.commit();
  expect(await pullHead(third)).toMatchObject({ objectsLinked: 2, objectsPresent: 0 });
  setRef(third);
  fsckClean(fixture.targetPath);
  const root = ostree('ls', '--repo', fixture.targetPath, '-d', 'os/main', '/', '/usr/share');
  expect(root).toMatch(/^d00711 .*\/\nd00700 .*\/usr\/share\n$/);
});

test('an unmarked commit that no ref names proves nothing: it is pulled whole', async () => {
  const path = objectFile(fixture.targetPath, head, 'commit');
  mkdirSync(dirname(path));
  copyFileSync(objectFile(fixture.sourcePath, head, 'commit'), path);
  const root = readCommit(fixture.openSource(), head).rootDirtree;
  mkdirSync(dirname(objectFile(fixture.targetPath, root, 'dirtree')), { recursive: true });
  copyFileSync(
    objectFile(fixture.sourcePath, root, 'dirtree'),
    objectFile(fixture.targetPath, root, 'dirtree'),
  );
  expect(await pullHead()).toMatchObject({ objectsPresent: 2, commits: [head] });
  setRef(head);
  fsckClean(fixture.targetPath);
});

test('a head that carries a partial mark is not trusted, and loses the mark only after a full check', async () => {
  await pullHead();
  setRef(head);
  const lost = objectFile(fixture.targetPath, readCommit(fixture.openSource(), head).rootDirmeta, 'dirmeta');
  rmSync(lost);
  const mark = join(fixture.targetPath, 'state', `${head}.commitpartial`);
  writeFileSync(mark, '');
  expect(commitState(fixture.openTarget(), head)).toBe('partial');
  expect(await pullHead(head, { verifyObjects: false })).toMatchObject({ objectsLinked: 1 });
  expect(existsSync(mark)).toBe(false);
  fsckClean(fixture.targetPath);

  const victim = listFiles(join(fixture.targetPath, 'objects')).find((name) =>
    name.endsWith('.dirtree'),
  ) as string;
  writeFileSync(mark, '');
  rmSync(join(fixture.targetPath, 'objects', victim));
  writeFileSync(join(fixture.targetPath, 'objects', victim), 'rubbish');
  await expect(pullHead(head, { verifyObjects: false })).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
  });
  expect(existsSync(mark)).toBe(true);
});

test('a partial commit of the source is refused, an absent one as well', async () => {
  writeFileSync(join(fixture.sourcePath, 'state', `${head}.commitpartial`), '');
  const before = visibleState(fixture.targetPath);
  await expect(pullHead()).rejects.toMatchObject({ code: 'ostree/commit-partial' });
  const absent = 'a'.repeat(64) as Checksum;
  await expect(pullHead(absent)).rejects.toMatchObject({
    code: 'ostree/object-missing',
    details: { object: `${absent}.commit` },
  });
  expect(visibleState(fixture.targetPath)).toEqual(before);
});

test('history comes by depth or up to a given commit, and ends where the source has none', async () => {
  const commits = [head];
  for (let version = 2; version <= 5; version++) {
    fixture.write('etc/config', `version=${version}\n`);
    commits.push(fixture.commit());
  }
  const last = commits[4] as Checksum;
  expect((await pullHead(last)).commits).toEqual([last]);
  expect((await pullHead(last, { depth: 1 })).commits).toEqual(commits.slice(3));
  const until = { historyUntil: (commit: Checksum) => commit === commits[1] };
  expect((await pullHead(last, until)).commits).toEqual(commits.slice(2));
  expect((await pullHead(last, { depth: -1 })).commits).toEqual(commits);
  setRef(last);
  fsckClean(fixture.targetPath);
  rmSync(objectFile(fixture.sourcePath, commits[2] as string, 'commit'));
  expect((await pullHead(last, { depth: -1, isFull: true })).commits).toEqual(commits.slice(3));
});

test('signatures come along, those of the target stay, and none come when none are to', async () => {
  const [theirs, ours] = [generateEd25519KeyPair(), generateEd25519KeyPair()];
  const { bytes } = readCommit(fixture.openSource(), head);
  const theirSignature = signEd25519(theirs.secretKey, bytes);
  mergeSignatures(fixture.openSource(), head, { ed25519: [theirSignature] });
  await pullHead(head, { carrySignatures: 'none' });
  expect(readSignatures(fixture.openTarget(), head).ed25519).toEqual([]);
  const ourSignature = signEd25519(ours.secretKey, bytes);
  mergeSignatures(fixture.openTarget(), head, { ed25519: [ourSignature] });
  await pullHead();
  const signatures = () =>
    readSignatures(fixture.openTarget(), head).ed25519.map((blob) => Buffer.from(blob).toString('hex'));
  const both = [ourSignature, theirSignature].map((blob) => Buffer.from(blob).toString('hex'));
  expect(signatures()).toEqual(both);
  await pullHead();
  expect(signatures()).toEqual(both);
});

test('of signatures those come that a stage lets pass', async () => {
  const { bytes } = readCommit(fixture.openSource(), head);
  const [good, bad] = [signEd25519(generateEd25519KeyPair().secretKey, bytes), new Uint8Array(64)];
  mergeSignatures(fixture.openSource(), head, { ed25519: [good, bad] });
  const asked: Checksum[] = [];
  await pullHead(head, {
    carrySignatures: async (commit: Checksum, set: SignatureSet) => {
      asked.push(commit);
      return { ...set, ed25519: set.ed25519.filter((blob) => Buffer.compare(blob, good) === 0) };
    },
  });
  expect(asked).toEqual([head]);
  expect(readSignatures(fixture.openTarget(), head).ed25519.map((blob) => Buffer.from(blob))).toEqual([
    Buffer.from(good),
  ]);
});

test('malformed signatures on either side stop a pull before it changes anything', async () => {
  const source = objectFile(fixture.sourcePath, head, 'commitmeta');
  writeFileSync(source, 'not a dict');
  const before = visibleState(fixture.targetPath);
  await expect(pullHead()).rejects.toMatchObject({ code: 'ostree/signature-invalid' });
  expect(visibleState(fixture.targetPath)).toEqual(before);
  expect(listFiles(join(fixture.targetPath, 'objects'))).toEqual([]);
  await pullHead(head, { carrySignatures: 'none' });
});

test.each(['EPERM', 'EMLINK', 'EXDEV'])(
  'where link fails with %s, objects are copied and checked',
  async (code) => {
    const fs = watchedFs(({ name }) => {
      if (name === 'linkAt') throw systemError(code, 'linkat');
    });
    const result = await pull(fixture.openSource(), fixture.openTarget(fs), { commits: [head] });
    const objects = listFiles(join(fixture.sourcePath, 'objects'));
    expect(result).toMatchObject({ objectsLinked: 0, objectsCopied: objects.length });
    expect(result.bytesCopied).toBe(
      objects.reduce((sum, path) => sum + statSync(join(fixture.sourcePath, 'objects', path)).size, 0),
    );
    expect(listFiles(join(fixture.targetPath, 'tmp'))).toEqual([]);
    setRef(head);
    fsckClean(fixture.targetPath);
    const sample = objects[0] as string;
    expect(inodeOf(join(fixture.targetPath, 'objects', sample))).not.toBe(
      inodeOf(join(fixture.sourcePath, 'objects', sample)),
    );
    expect(statSync(join(fixture.targetPath, 'objects', sample)).mode & 0o777).toBe(0o644);
  },
);

test.each(['copy', 'reflink'] as const)('isolation %s shares no inode', async (isolation) => {
  const { objectsLinked, objectsCopied } = await pullHead(head, { isolation });
  expect({ objectsLinked, objectsCopied }).toEqual({
    objectsLinked: 0,
    objectsCopied: listFiles(join(fixture.sourcePath, 'objects')).length,
  });
  setRef(head);
  fsckClean(fixture.targetPath);
});

test.each(['bare-user', 'bare', 'bare-user-only'] as const)(
  'repositories of mode %s are linked and copied as well',
  async (mode) => {
    fixture.remove();
    fixture = new PullFixture(mode);
    head = fixture.commit('os/main', ...(mode === 'bare-user-only' ? ['--canonical-permissions'] : []));
    expect(await pullHead()).toMatchObject({ objectsCopied: 0 });
    setRef(head);
    fsckClean(fixture.targetPath);
    fixture.targetPath.length;
    rmSync(fixture.targetPath, { recursive: true });
    fixture.init(fixture.targetPath, mode);
    expect(await pullHead(head, { isolation: 'copy' })).toMatchObject({ objectsLinked: 0 });
    setRef(head);
    fsckClean(fixture.targetPath);
  },
);

test('a file system without room is noticed before anything is copied', async () => {
  writeFileSync(
    join(fixture.targetPath, 'config'),
    `${readFileSync(join(fixture.targetPath, 'config'), 'utf8')}min-free-space-size=900000TB\n`,
  );
  await expect(pullHead(head, { isolation: 'copy' })).rejects.toMatchObject({ code: 'ostree/no-space' });
  expect(listFiles(join(fixture.targetPath, 'objects'))).toEqual([]);
  expect(await pullHead()).toMatchObject({ objectsCopied: 0 });
});

test('a tree of a few objects and a billion paths is walked by its objects', async () => {
  const script = `set -e; d=${fixture.folder}/deep; mkdir -p $d/t; echo x > $d/t/f`;
  execFileSync('sh', ['-c', script]);
  // Each level holds two entries for the one level below it.
  const { serializeDirtree } = await import('../format/dirtree');
  const { sha256 } = await import('../format/checksum');
  const { serializeCommit } = await import('../format/commit');
  const { placeObject } = await import('../write/place-object');
  const { makeFanouts } = await import('./import-objects');
  const source = fixture.openSource();
  const { rootDirmeta } = readCommit(source, head);
  const place = (type: 'dirtree' | 'commit', bytes: Uint8Array) => {
    const checksum = sha256(bytes);
    makeFanouts(source, [{ path: checksum }]);
    placeObject(source, checksum, type, bytes);
    return checksum;
  };
  let dirtree = place('dirtree', serializeDirtree({ files: [], dirs: [] }));
  for (let level = 0; level < 30; level++) {
    const dirs = ['a', 'b'].map((name) => ({ name, dirtree, dirmeta: rootDirmeta }));
    dirtree = place('dirtree', serializeDirtree({ files: [], dirs }));
  }
  const commit = serializeCommit({
    metadata: new Map(),
    parent: null,
    subject: '',
    body: '',
    timestamp: 1,
    rootDirtree: dirtree,
    rootDirmeta,
  });
  expect(await pullHead(place('commit', commit))).toMatchObject({ objectsLinked: 31 + 1 + 1 });
});

test('an estimate counts what a pull then brings, and writes nothing', async () => {
  const before = visibleState(fixture.targetPath);
  const estimate = await countPull(fixture.openSource(), fixture.openTarget(), { commits: [head] });
  expect(visibleState(fixture.targetPath)).toEqual(before);
  const sizes = listFiles(join(fixture.sourcePath, 'objects')).map(
    (path) => statSync(join(fixture.sourcePath, 'objects', path)).size,
  );
  expect(estimate).toEqual({
    newObjects: sizes.length,
    newBytes: sizes.reduce((sum, size) => sum + size, 0),
    commits: [head],
    willLink: true,
  });
  await pullHead();
  expect(await countPull(fixture.openSource(), fixture.openTarget(), { commits: [head] })).toMatchObject({
    newObjects: 0,
    newBytes: 0,
  });
});

test('others have their turn while one large file is hashed', async () => {
  fixture.write('usr/share/image', Buffer.alloc(100 * 1024 * 1024));
  const large = fixture.commit();
  await pullHead();
  setRef(head);
  const phases: string[] = [];
  await pullHead(large, { onProgress: ({ phase }: { phase: string }) => phases.push(phase) });
  // A pause for each 32 MiB at least.
  expect(phases.filter((phase) => phase === 'import').length).toBeGreaterThanOrEqual(4);
});

test('a pull that is stopped leaves the target as it was, and can be done again', async () => {
  const before = visibleState(fixture.targetPath);
  const stop = new AbortController();
  const stopped = pullHead(head, {
    signal: stop.signal,
    onProgress: ({ phase }: { phase: string }) => phase === 'import' && stop.abort(),
  });
  await expect(stopped).rejects.toMatchObject({ code: 'ostree/aborted' });
  expect(visibleState(fixture.targetPath)).toEqual(before);
  await pullHead();
  setRef(head);
  fsckClean(fixture.targetPath);
  expect(resolveRef(fixture.openTarget(), 'os/main')).toBe(head);
});
