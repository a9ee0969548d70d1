import {
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type FsCall, InjectedCrash, systemError, watchedFs } from '../fixtures/faulty-fs';
import { HandMadeRepo, PLAIN_FILE } from '../fixtures/hand-made-repo';
import { listFiles, objectFile, PullFixture } from '../fixtures/pull-fixture';
import { type Checksum, sha256 } from '../format/checksum';
import { serializeFileHeader } from '../format/file-header';
import type { FsPort } from '../fs-port';
import { commitState } from '../repo/read-commit';
import { countPull, type PullOptions, pull } from './pull';

let fixture: PullFixture;
beforeEach(() => {
  fixture = new PullFixture();
});
afterEach(() => fixture.remove());

/** What a pull of `head` ends with, from and into the repositories of the fixture. */
function outcome(
  head: Checksum,
  { from, into, ...options }: Partial<PullOptions> & { from?: FsPort; into?: FsPort } = {},
): Promise<unknown> {
  const pulled = pull(fixture.openSource(from), fixture.openTarget(into), { commits: [head], ...options });
  return pulled.catch((error: unknown) => error);
}

/** A content object of the fixture's tree, and its file in either repository. */
function oneFile(): { checksum: string; inSource: string; inTarget: string } {
  const path = listFiles(join(fixture.sourcePath, 'objects')).find((one) => one.endsWith('.filez')) as string;
  const [inSource, inTarget] = [fixture.sourcePath, fixture.targetPath].map((repo) =>
    join(repo, 'objects', path),
  ) as [string, string];
  return { checksum: path.replace('/', '').replace('.filez', ''), inSource, inTarget };
}

/** A port on which `happen` is called once, right before the first call of that name on the object. */
function whenAsked(name: string, checksum: string, happen: () => void): FsPort {
  let isDue = true;
  return watchedFs((call) => {
    if (!isDue || call.name !== name || !isAbout(call, checksum)) return;
    isDue = false;
    happen();
  });
}

function isAbout({ args }: FsCall, checksum: string): boolean {
  return args.some((arg) => typeof arg === 'string' && arg.includes(checksum.slice(2)));
}

test('an object that goes between check and link is missing by name', async () => {
  const head = fixture.commit();
  const { checksum, inSource } = oneFile();
  const into = whenAsked('linkAt', checksum, () => rmSync(inSource));
  expect(await outcome(head, { into })).toMatchObject({
    code: 'ostree/object-missing',
    message: `${checksum}.file is missing from ${fixture.sourcePath}`,
  });
});

test.each([
  ['is told though the name can’t be taken back', systemError('EIO', 'unlink'), 'ostree/source-changed'],
  ['hides no crash', new InjectedCrash('dead'), undefined],
])('that an object was replaced while it was pulled %s', async (_what, error, code) => {
  const head = fixture.commit();
  const { checksum, inSource } = oneFile();
  const replace = whenAsked('linkAt', checksum, () => {
    renameSync(inSource, `${inSource}.good`);
    writeFileSync(inSource, 'something else');
  });
  const into = new Proxy(replace, {
    get: (port, name: keyof FsPort) =>
      name !== 'unlink'
        ? port[name]
        : (path: string) => {
            if (path.includes(checksum.slice(2))) throw error;
            port.unlink(path);
          },
  });
  const thrown = await outcome(head, { into });
  expect(thrown).toMatchObject(
    code === undefined ? error : { code, message: expect.stringContaining(`${checksum}.file`) },
  );
});

test('what was linked unhashed is looked at again, and a symlink that came in its place is taken back', async () => {
  const head = fixture.commit();
  const { checksum, inSource, inTarget } = oneFile();
  const into = whenAsked('linkAt', checksum, () => {
    renameSync(inSource, `${inSource}.good`);
    symlinkSync(`${inSource}.good`, inSource);
  });
  expect(await outcome(head, { into, verifyObjects: false })).toMatchObject({
    code: 'ostree/source-changed',
    message: expect.stringContaining(`${checksum}.file in ${fixture.sourcePath} was replaced`),
  });
  expect(readdirSync(join(inTarget, '..'))).not.toContain(basename(inTarget));
});

test.each([true, false])(
  'one that another pull brought first is checked (hashed: %s)',
  async (verifyObjects) => {
    const head = fixture.commit();
    const { checksum, inSource, inTarget } = oneFile();
    const into = whenAsked('linkAt', checksum, () => cpSync(inSource, inTarget));
    expect(await outcome(head, { into, verifyObjects })).toMatchObject({
      objectsPresent: 1,
      commits: [head],
    });
  },
);

test('one that was there and goes while it is looked at is missing by name', async () => {
  const head = fixture.commit();
  const { checksum, inSource, inTarget } = oneFile();
  mkdirSync(join(inTarget, '..'), { recursive: true });
  cpSync(inSource, inTarget);
  const into = whenAsked('statAt', checksum, () => rmSync(inTarget));
  expect(await outcome(head, { into, verifyObjects: false })).toMatchObject({
    code: 'ostree/object-missing',
    message: `${checksum}.file is missing from ${fixture.targetPath}`,
  });
});

test('a directory under the name of an object in the target is refused where objects are copied', async () => {
  const head = fixture.commit();
  const { checksum, inTarget } = oneFile();
  mkdirSync(inTarget, { recursive: true });
  expect(await outcome(head, { verifyObjects: false, isolation: 'copy' })).toMatchObject({
    code: 'ostree/object-corrupt',
    message: `${checksum}.file in ${fixture.targetPath} is damaged: it is not a regular file`,
  });
});

/** So many of one directory that it is listed instead of asked for each name. */
const MANY = 120;
const contents = contentsBelow('00', MANY);

/** Contents of plain files whose checksums begin with those digits. */
function contentsBelow(digits: string, count: number): Buffer[] {
  const found: Buffer[] = [];
  const header = serializeFileHeader(PLAIN_FILE);
  for (let n = 0; found.length < count; n++) {
    const content = Buffer.from(`content ${n}`);
    if (sha256(header, content).startsWith(digits)) found.push(content);
  }
  return found;
}

/** An archive with a commit of MANY files that lie in one directory of `objects/`, and an empty target. */
function makeCrowded(): { source: HandMadeRepo; targetPath: string; head: Checksum; files: Checksum[] } {
  const source = new HandMadeRepo(join(fixture.folder, 'crowded'));
  const files = contents.map((content) => source.filez(content));
  const entries = files.map((checksum, index) => ({ name: String(index).padStart(3, '0'), checksum }));
  const head = source.commit(source.dirtree({ files: entries, dirs: [] }));
  return { source, targetPath: fixture.targetPath, head, files };
}

test('an estimate for a target without a directory for many objects counts them all', async () => {
  const { source, targetPath, head } = makeCrowded();
  const estimate = await countPull(fixture.open(source.path), fixture.open(targetPath), { commits: [head] });
  // The files, the dirtree, the dirmeta, the commit.
  expect(estimate).toMatchObject({ newObjects: MANY + 3, commits: [head] });
});

test.each(['hardlink', 'copy'] as const)(
  'many objects of one directory come as few do (%s)',
  async (isolation) => {
    const { source, targetPath, head, files } = makeCrowded();
    for (const checksum of files.slice(0, 10)) {
      const there = objectFile(targetPath, checksum, 'filez');
      mkdirSync(join(there, '..'), { recursive: true });
      cpSync(objectFile(source.path, checksum, 'filez'), there);
    }
    writeFileSync(join(targetPath, 'objects/00/of-no-object'), '');
    const target = fixture.open(targetPath);
    const result = await pull(fixture.open(source.path), target, { commits: [head], isolation });
    expect(result).toMatchObject({ objectsPresent: 10 });
    expect(result.objectsLinked + result.objectsCopied).toBe(MANY - 10 + 3);
    expect(commitState(target, head)).toBe('complete');
  },
);

test('many are linked unhashed after one look at their directory, and a symlink among them is found', async () => {
  const { source, targetPath, head, files } = makeCrowded();
  const bad = objectFile(source.path, files[7] as string, 'filez');
  renameSync(bad, `${bad}.good`);
  symlinkSync(`${bad}.good`, bad);
  const attempt = () =>
    pull(fixture.open(source.path), fixture.open(targetPath), { commits: [head], verifyObjects: false });
  await expect(attempt()).rejects.toMatchObject({
    code: 'ostree/object-corrupt',
    message: `${files[7]}.file in ${source.path} is damaged: it is not a regular file`,
  });
  rmSync(bad);
  renameSync(`${bad}.good`, bad);
  expect(await attempt()).toMatchObject({ objectsLinked: MANY + 3 });
  expect(readFileSync(objectFile(targetPath, files[7] as string, 'filez'))).toEqual(readFileSync(bad));
});

test('a directory of the source with many objects that is gone leaves the first of them missing', async () => {
  const { source, targetPath, head } = makeCrowded();
  rmSync(join(source.path, 'objects/00'), { recursive: true });
  const pulled = pull(fixture.open(source.path), fixture.open(targetPath), {
    commits: [head],
    verifyObjects: false,
  });
  await expect(pulled).rejects.toMatchObject({
    code: 'ostree/object-missing',
    message: expect.stringMatching(/^00[0-9a-f]{62}\.file is missing from /),
  });
});

test.each([
  ['source', 'openAt', { verifyObjects: false }],
  ['target', 'readdir', { verifyObjects: true }],
] as const)('a directory of the %s that cannot be listed ends the pull', async (side, call, options) => {
  const { source, targetPath, head } = makeCrowded();
  const fs = watchedFs(({ name, args }) => {
    if (name === call && /(?:^|objects\/)00$/.test(String(args[name === 'openAt' ? 1 : 0])))
      throw systemError('EIO', name);
  });
  const [from, to] = [
    fixture.open(source.path, side === 'source' ? fs : undefined),
    fixture.open(targetPath, side === 'target' ? fs : undefined),
  ];
  await expect(pull(from, to, { commits: [head], ...options })).rejects.toMatchObject({
    code: 'ostree/io-failed',
  });
  expect(commitState(to, head)).toBe('absent');
});
