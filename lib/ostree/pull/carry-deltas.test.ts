import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { systemError, watchedFs } from '../fixtures/faulty-fs';
import { inodeOf, ostree, PullFixture } from '../fixtures/pull-fixture';
import type { Checksum } from '../format/checksum';
import { deltaDirectory } from '../format/delta-name';
import { type FsPort, nodeFs } from '../fs-port';
import { listDeltas } from '../repo/list-deltas';
import type { Repo } from '../repo/open-repo';
import { readSummary } from '../repo/read-summary';
import { buildSummary } from '../write/build-summary';
import { mergeSignatures } from '../write/merge-commitmeta';
import { reindexDeltas } from '../write/reindex-deltas';
import { planDeltas } from './plan-deltas';
import { pullRevs } from './pull-revs';

// Each test runs some processes, one after the other.
vi.setConfig({ testTimeout: 120_000 });

let fixture: PullFixture;
let first: Checksum;
let second: Checksum;
beforeEach(() => {
  fixture = new PullFixture();
  fixture.write(
    'usr/share/noise',
    Buffer.from(Array.from({ length: 200_000 }, (_, i) => (i * i * 7919) % 251)),
  );
  first = fixture.commit();
  fixture.write('etc/config', 'version=2\n');
  second = fixture.commit('os/main', '--subject=A subject');
});
afterEach(() => fixture.remove());

function generate(from: Checksum | null, to: Checksum, ...flags: string[]): string {
  const start = from === null ? ['--empty'] : [`--from=${from}`];
  ostree('static-delta', 'generate', `--repo=${fixture.sourcePath}`, ...start, `--to=${to}`, ...flags);
  return deltaDirectory({ from, to });
}

function names(repo: Repo): string[] {
  return listDeltas(repo).map(({ name }) => name);
}

const whole = { depth: -1 };

test('deltas between commits that come are linked, and listed by the summary and the indexes', async () => {
  const directories = [generate(null, second), generate(first, second), generate(null, first, '--inline')];
  const [source, target] = [fixture.openSource(), fixture.openTarget()];
  const { deltas } = await pullRevs(source, target, ['os/main'], whole);
  expect(deltas.left).toEqual([]);
  expect([...deltas.carried].sort()).toEqual([first, second, `${first}-${second}`].sort());
  for (const directory of directories) {
    for (const file of readdirSync(join(fixture.sourcePath, directory))) {
      const path = join(directory, file);
      expect(inodeOf(join(fixture.targetPath, path))).toBe(inodeOf(join(fixture.sourcePath, path)));
    }
  }
  reindexDeltas(target);
  writeFileSync(join(fixture.targetPath, 'summary'), buildSummary(target, { now: new Date() }));
  const listed = readSummary(target)?.summary.metadata.get('ostree.static-deltas');
  expect(JSON.stringify(listed?.value)).toContain(`${first}-${second}`);
  expect(ostree('static-delta', 'list', `--repo=${fixture.targetPath}`).trim().split('\n').sort()).toEqual(
    [first, second, `${first}-${second}`].sort(),
  );
  // A client takes the delta, and nothing but deltas.
  const client = join(fixture.folder, 'client');
  ostree('init', '--mode=bare-user', `--repo=${client}`);
  ostree('remote', 'add', '--no-gpg-verify', `--repo=${client}`, 'origin', `file://${fixture.targetPath}`);
  ostree('pull', `--repo=${client}`, '--require-static-deltas', 'origin', 'os/main');
  ostree('fsck', '--quiet', `--repo=${client}`);
  const again = await pullRevs(source, target, ['os/main'], whole);
  expect(again.deltas).toEqual({ carried: [], left: [] });
});

test('a delta whose first commit is not there stays behind until it is', async () => {
  generate(first, second);
  const [source, target] = [fixture.openSource(), fixture.openTarget()];
  const { deltas } = await pullRevs(source, target, ['os/main']);
  expect(deltas).toEqual({
    carried: [],
    left: [{ name: `${first}-${second}`, why: expect.stringContaining(first) }],
  });
  expect(names(target)).toEqual([]);
  const later = await pullRevs(source, target, ['os/main'], whole);
  expect(later.deltas.carried).toEqual([`${first}-${second}`]);
});

test('one made before its commit was signed stays behind, one made afterwards comes', async () => {
  const [source, target] = [fixture.openSource(), fixture.openTarget()];
  generate(null, second);
  mergeSignatures(source, second, { ed25519: [new Uint8Array(64).fill(7)] });
  const early = await pullRevs(source, target, ['os/main']);
  expect(early.deltas).toEqual({
    carried: [],
    left: [{ name: second, why: expect.stringContaining('before its commit had all the signatures') }],
  });
  generate(null, second);
  const late = await pullRevs(source, target, ['os/main']);
  expect(late.deltas).toEqual({ carried: [second], left: [] });
  // The target signs too: what it has is what its clients ask for.
  const other = join(fixture.folder, 'other');
  fixture.init(other);
  renameSync(fixture.targetPath, join(fixture.folder, 'aside'));
  renameSync(other, fixture.targetPath);
  const signed = fixture.openTarget();
  await pullRevs(source, signed, [second], { carryDeltas: false });
  mergeSignatures(signed, second, { ed25519: [new Uint8Array(64).fill(9)] });
  expect((await pullRevs(source, signed, ['os/main'])).deltas.left).toHaveLength(1);
});

test('no deltas where none are wanted', async () => {
  generate(null, second);
  const target = fixture.openTarget();
  const { deltas } = await pullRevs(fixture.openSource(), target, ['os/main'], { carryDeltas: false });
  expect(deltas).toEqual({ carried: [], left: [] });
  expect(names(target)).toEqual([]);
});

test.each([
  ['a part with a flipped bit', (d: string) => flip(join(d, '0'))],
  ['a missing part', (d: string) => rmSync(join(d, '0'))],
  ['a part that is a directory', (d: string) => toDirectory(join(d, '0'))],
  ['a part that is a symlink', (d: string) => toSymlink(join(d, '0'))],
  ['a superblock with another commit', (d: string) => flip(join(d, 'superblock'), 'A subject')],
  ['a superblock with an object of no commit', (d: string) => flip(join(d, 'superblock'), nameOfTool())],
  ['an empty superblock', (d: string) => writeFileSync(join(d, 'superblock'), '')],
])('%s: the delta stays behind and the commits come', async (_name, damage) => {
  damage(join(fixture.sourcePath, generate(null, second)));
  const target = fixture.openTarget();
  const { deltas, refs } = await pullRevs(fixture.openSource(), target, ['os/main']);
  expect(deltas.carried).toEqual([]);
  expect(deltas.left).toEqual([{ name: second, why: expect.stringContaining('it is damaged') }]);
  expect(refs).toEqual([{ ref: 'os/main', from: null, to: second }]);
  expect(names(target)).toEqual([]);
});

test('a superblock of another delta under this name stays behind', async () => {
  const [own, other] = [generate(null, second), generate(null, first)];
  copyFileSync(join(fixture.sourcePath, other, 'superblock'), join(fixture.sourcePath, own, 'superblock'));
  const target = fixture.openTarget();
  const { deltas } = await pullRevs(fixture.openSource(), target, ['os/main']);
  expect(deltas.left).toEqual([{ name: second, why: expect.stringContaining('of another') }]);
  expect(names(target)).toEqual([]);
});

test('a delta of its own is never replaced', async () => {
  const directory = generate(null, second);
  mkdirSync(join(fixture.targetPath, directory), { recursive: true });
  writeFileSync(join(fixture.targetPath, directory, 'superblock'), 'its own');
  const { deltas } = await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main']);
  expect(deltas.left).toEqual([{ name: second, why: expect.stringContaining('one of its own') }]);
  expect(readFileSync(join(fixture.targetPath, directory, 'superblock'), 'utf8')).toBe('its own');
});

/** A port on which `happen` is called right before the first part gets its name in the target. */
function beforePart(happen: (from: string, to: string) => void): FsPort {
  return watchedFs(({ name, args }) => {
    const [from, to] = args.map(String) as [string, string];
    if (name === 'link' && /\/deltas\/.*\/0$/.test(to)) happen(from, to);
  });
}

test('a part that is replaced between check and link does not keep its name', async () => {
  const directory = generate(null, second);
  const fs = beforePart(() => flip(join(fixture.sourcePath, directory, '0')));
  const { deltas } = await pullRevs(fixture.openSource(), fixture.openTarget(fs), ['os/main']);
  expect(deltas).toEqual({
    carried: [],
    left: [{ name: second, why: expect.stringContaining('does not have the checksum') }],
  });
  expect(readdirSync(join(fixture.targetPath, directory))).toEqual([]);
});

test('a part that another pull brings first is as good; a bad one that lies there stays, and stops the delta', async () => {
  const directory = generate(null, second);
  const place = join(fixture.targetPath, directory, '0');
  mkdirSync(join(fixture.targetPath, directory), { recursive: true });
  writeFileSync(place, 'left over');
  const { deltas } = await pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main']);
  expect(deltas.left).toEqual([{ name: second, why: expect.stringContaining(fixture.targetPath) }]);
  expect(readFileSync(place, 'utf8')).toBe('left over');
  rmSync(place);
  const fs = beforePart(copyFileSync);
  const again = await pullRevs(fixture.openSource(), fixture.openTarget(fs), ['os/main']);
  expect(again.deltas).toEqual({ carried: [second], left: [] });
});

test('where copies are wanted, deltas are copied too', async () => {
  const directory = generate(null, second);
  const copied = pullRevs(fixture.openSource(), fixture.openTarget(), ['os/main'], { isolation: 'copy' });
  expect((await copied).deltas.carried).toEqual([second]);
  for (const file of readdirSync(join(fixture.sourcePath, directory))) {
    const [from, to] = [fixture.sourcePath, fixture.targetPath].map((path) => join(path, directory, file));
    expect(inodeOf(to as string)).not.toBe(inodeOf(from as string));
    expect(readFileSync(to as string)).toEqual(readFileSync(from as string));
  }
});

test.each(['0', 'superblock'])('a disk that fails while %s is read ends the pull', async (file) => {
  generate(null, second);
  const fs = watchedFs(({ name, args }) => {
    if (name === 'open' && String(args[0]).endsWith(`/${file}`)) throw systemError('EIO', name);
  });
  const pulled = pullRevs(fixture.openSource(fs), fixture.openTarget(), ['os/main']);
  await expect(pulled).rejects.toMatchObject({ code: 'ostree/io-failed' });
  expect(names(fixture.openTarget())).toEqual([]);
  expect(ostree('refs', `--repo=${fixture.targetPath}`)).toBe('');
});

test('a delta that goes while it is looked at stays behind', async () => {
  const directory = generate(null, second);
  let looks = 0;
  const fs = watchedFs(({ name, args }) => {
    if (name !== 'open' || !String(args[0]).endsWith('/superblock')) return;
    looks++;
    rmSync(join(fixture.sourcePath, directory, 'superblock'));
  });
  const { deltas } = await pullRevs(fixture.openSource(fs), fixture.openTarget(), ['os/main']);
  expect(deltas).toEqual({ carried: [], left: [{ name: second, why: 'it is gone' }] });
  expect(looks).toBe(1);
});

test('a delta to a commit that the target has not, or only in part, stays behind', async () => {
  generate(null, second);
  const [source, target] = [fixture.openSource(), fixture.openTarget()];
  const refusal = { carried: [], left: [{ name: second, why: 'its commit is not in the target' }] };
  expect(planDeltas(source, target, [second])).toMatchObject(refusal);
  await pullRevs(source, target, ['os/main'], { carryDeltas: false });
  writeFileSync(join(fixture.targetPath, 'state', `${second}.commitpartial`), '');
  expect(planDeltas(source, target, [second])).toMatchObject(refusal);
});

test.each(['EPERM', 'EXDEV'])('where a link fails with %s, it is copied durably', async (errno) => {
  const directory = generate(null, second);
  const fs = watchedFs(({ name, args }) => {
    if (name === 'link' && String(args[0]).includes('/deltas/')) throw systemError(errno, 'link');
  });
  const { deltas } = await pullRevs(fixture.openSource(), fixture.openTarget(fs), ['os/main']);
  expect(deltas.carried).toEqual([second]);
  for (const file of readdirSync(join(fixture.sourcePath, directory))) {
    const read = (path: string) => readFileSync(join(path, directory, file));
    expect(read(fixture.targetPath)).toEqual(read(fixture.sourcePath));
  }
  expect(readdirSync(join(fixture.targetPath, 'tmp'))).toEqual(['cache']);
});

test('the superblock has its name last, after everything else is durable and before the ref', async () => {
  generate(null, second);
  const order: string[] = [];
  const fs = watchedFs(({ name, args }) => {
    const path = args.filter((arg) => typeof arg === 'string').at(-1) as string | undefined;
    if (name === 'link' && path?.includes('/deltas/'))
      order.push(path.endsWith('superblock') ? 'superblock' : 'part');
    if (name === 'rename' && path?.includes('/refs/')) order.push('ref');
    if (name === 'fsync') order.push('sync');
  });
  await pullRevs(fixture.openSource(), fixture.openTarget(fs), ['os/main']);
  const from = order.indexOf('part');
  expect(order.slice(from).join(' ')).toMatch(/^part (?:part )*sync superblock sync .*ref/);
});

test('killed before the superblock, the next pull completes it', async () => {
  generate(null, second);
  const fs = watchedFs(({ name, args }) => {
    if (name === 'link' && String(args[1]).endsWith('/superblock')) throw systemError('EIO', 'link');
  });
  const pull = (port = nodeFs) => pullRevs(fixture.openSource(), fixture.openTarget(port), ['os/main']);
  await expect(pull(fs)).rejects.toMatchObject({ code: 'ostree/io-failed' });
  expect(names(fixture.openTarget())).toEqual([]);
  expect(ostree('refs', `--repo=${fixture.targetPath}`)).toBe('');
  expect((await pull()).deltas.carried).toEqual([second]);
});

/** A content object of both commits. */
function nameOfTool(): Buffer {
  return Buffer.from(fixture.checksumOf(second, '/usr/bin/tool'), 'hex');
}

/** Flips a bit of a file, behind `text` if any is given. */
function flip(path: string, text?: string | Buffer): void {
  const bytes = readFileSync(path);
  const at = text === undefined ? bytes.length >> 1 : bytes.lastIndexOf(text) + text.length - 1;
  expect(at).toBeGreaterThan(0);
  bytes[at] = (bytes[at] as number) ^ 1;
  writeFileSync(path, bytes);
}

function toDirectory(path: string): void {
  rmSync(path);
  mkdirSync(path);
}

function toSymlink(path: string): void {
  renameSync(path, `${path}.real`);
  symlinkSync(`${path}.real`, path);
}
