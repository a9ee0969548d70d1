import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { crashingFs, InjectedCrash, watchedFs } from '../fixtures/faulty-fs';
import { fsckClean, ostree, PullFixture } from '../fixtures/pull-fixture';
import { parseSignatureSet, type SignatureSet, serializeSignatureSet } from '../format/signatures';
import { serializeSummary, summaryKeys } from '../format/summary';
import type { FsPort } from '../fs-port';
import { initRepo } from '../repo/init-repo';
import { openRepo, type Repo } from '../repo/open-repo';
import { generateEd25519KeyPair, signEd25519, verifyEd25519 } from '../sign/ed25519';
import { signWithGpg } from '../sign/gpg';
import { exportGpgPublicKey, generateGpgKey, stopGpgAgent } from '../sign/gpg-keys';
import { buildSummary } from './build-summary';
import { type PublishPhase, type PublishSummaryOptions, publishSummary } from './publish-summary';

const key = generateEd25519KeyPair();
const [oldSummary, newSummary] = ['old', 'new'].map((note) =>
  serializeSummary({
    refs: [],
    collectionRefs: new Map(),
    metadata: new Map([['org.example.note', { type: 's', value: note }]]),
  }),
) as [Uint8Array, Uint8Array];
const sign = (bytes: Uint8Array) => signEd25519(key.secretKey, bytes);
const signed = (bytes: Uint8Array) => ({ ed25519: [sign(bytes)], gpg: [] });

let folder: string;
let path: string;
const repos: Repo[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'publish-'));
  path = join(folder, 'repo');
  initRepo(path);
});
afterEach(() => {
  for (const repo of repos.splice(0)) repo.close();
  rmSync(folder, { recursive: true });
});

function open(fs?: FsPort): Repo {
  const repo = openRepo(path, { fs });
  repos.push(repo);
  return repo;
}

function publish(options: Partial<PublishSummaryOptions> = {}, fs?: FsPort): Promise<PublishPhase[]> {
  return publishSummary(open(fs), {
    summary: newSummary,
    signatures: signed(newSummary),
    ed25519PublicKeys: [key.publicKey],
    overlapSeconds: 0.01,
    ...options,
  });
}

const publishOld = () => publish({ summary: oldSummary, signatures: signed(oldSummary) });
const served = () => ({
  summary: existsSync(join(path, 'summary')) ? readFileSync(join(path, 'summary')) : null,
  set: existsSync(join(path, 'summary.sig'))
    ? parseSignatureSet(readFileSync(join(path, 'summary.sig')))
    : null,
});
const hex = (blobs: readonly Uint8Array[] | undefined) =>
  blobs?.map((blob) => Buffer.from(blob).toString('hex'));
const mtime = (name: string) => statSync(join(path, name)).mtimeMs / 1000;
const accepts = (summary: Uint8Array | null, set: SignatureSet | null) =>
  summary !== null && set?.ed25519.some((one) => verifyEd25519(key.publicKey, summary, one)) === true;

function expectPublished(): void {
  const { summary, set } = served();
  expect(summary).toEqual(Buffer.from(newSummary));
  expect(hex(set?.ed25519)).toEqual(hex([sign(newSummary)]));
}

/** Every state of the two files that a client could meet. */
function recordStates() {
  const states: ReturnType<typeof served>[] = [];
  const look = () => states.push(served());
  const fs = watchedFs(look);
  return { states, fs, look };
}

test('a first publication needs no overlap and gives both files one time', async () => {
  expect(await publish()).toEqual(['summary', 'signature']);
  expectPublished();
  expect(mtime('summary')).toBe(mtime('summary.sig'));
  expect(statSync(join(path, 'summary')).mode & 0o777).toBe(0o644);
  expect(readdirSync(join(path, 'tmp'))).toEqual(['cache']);
});

test('a client that gets the signature first meets a matching pair at any moment', async () => {
  await publishOld();
  const { states, fs, look } = recordStates();
  expect(await publish({}, fs)).toEqual(['overlap', 'summary', 'signature']);
  look();
  const distinct = states.filter(
    (state, index) => JSON.stringify(state) !== JSON.stringify(states[index - 1]),
  );
  // Old; both signatures; new summary; new signature.
  expect(distinct).toHaveLength(4);
  for (const [index, { summary, set }] of distinct.entries()) {
    expect(accepts(summary, set)).toBe(true);
    // The signature was fetched a moment earlier than the summary.
    expect(accepts(distinct[index + 1]?.summary ?? summary, set)).toBe(true);
  }
  expect(distinct.at(-1)?.set?.ed25519).toHaveLength(1);
});

test('doing it again does nothing; times rise by a second at least with each replacement', async () => {
  await publishOld();
  const before = mtime('summary.sig');
  await publish();
  expect(mtime('summary')).toBeGreaterThanOrEqual(before + 1);
  expect(mtime('summary.sig')).toBe(mtime('summary'));
  expect(mtime('summary')).toBeLessThanOrEqual(Date.now() / 1000 + 5);
  const inode = statSync(join(path, 'summary')).ino;
  expect(await publish()).toEqual([]);
  expect(statSync(join(path, 'summary')).ino).toBe(inode);
});

test('a process that dies at any effect leaves a pair that matches, and the next one completes it', async () => {
  await publishOld();
  const pristine = `${path}.pristine`;
  cpSync(path, pristine, { recursive: true });
  let isThrough = false;
  let deaths = 0;
  for (let nth = 1; !isThrough; nth++) {
    rmSync(path, { recursive: true });
    cpSync(pristine, path, { recursive: true, preserveTimestamps: true });
    try {
      await publish({}, crashingFs(nth));
      isThrough = true;
    } catch (error) {
      expect(error).toBeInstanceOf(InjectedCrash);
      deaths++;
    }
    const { summary, set } = served();
    expect(accepts(summary, set)).toBe(true);
    await publish();
    expectPublished();
  }
  expect(deaths).toBeGreaterThan(10);
});

test('whoever resumes waits only for what is left of the overlap', async () => {
  await publishOld();
  utimesSync(join(path, 'summary.sig'), 1, 1);
  const stop = new AbortController();
  const stopped = publish({ overlapSeconds: 3, signal: stop.signal, onPhase: () => stop.abort() });
  await expect(stopped).rejects.toMatchObject({ code: 'ostree/aborted' });
  expect(served().set?.ed25519).toHaveLength(2);
  const written = statSync(join(path, 'summary.sig'));
  utimesSync(join(path, 'summary.sig'), written.atime, new Date(written.mtimeMs - 2500));
  const startedAt = performance.now();
  expect(await publish({ overlapSeconds: 3 })).toEqual(['summary', 'signature']);
  expect(performance.now() - startedAt).toBeLessThan(2000);
  expect(statSync(join(path, 'summary.sig')).ino).not.toBe(written.ino);
});

test('only signatures that verify the served summary are kept beside the new ones', async () => {
  const stranger = signEd25519(generateEd25519KeyPair().secretKey, oldSummary);
  const set = { ed25519: [Buffer.alloc(63), stranger, sign(oldSummary)], gpg: [], other: new Map() };
  await publishOld();
  writeFileSync(join(path, 'summary.sig'), serializeSignatureSet(set));
  let during: SignatureSet | null = null as SignatureSet | null;
  await publish({
    onPhase: (phase) => {
      if (phase === 'overlap') during = served().set;
    },
  });
  expect(hex(during?.ed25519)).toEqual(hex([sign(oldSummary), sign(newSummary)]));
  // Where nobody could verify what is served, new signatures beside the old summary would help nobody.
  writeFileSync(join(path, 'summary.sig'), serializeSignatureSet({ ...set, ed25519: [stranger] }));
  expect(await publish({ summary: oldSummary, signatures: signed(oldSummary) })).toEqual([
    'summary',
    'signature',
  ]);
});

test('without signatures the old ones go after the summary has changed, not before', async () => {
  await publishOld();
  const { states, fs, look } = recordStates();
  await publish({ signatures: { ed25519: [], gpg: [] } }, fs);
  look();
  expect(served()).toEqual({ summary: Buffer.from(newSummary), set: null });
  const isOld = (state: { summary: Buffer | null }) =>
    Buffer.compare(state.summary ?? Buffer.alloc(0), oldSummary) === 0;
  expect(states.filter((state) => state.set === null).some(isOld)).toBe(false);
});

test('what cannot be published is refused before anything is replaced', async () => {
  await publishOld();
  const refused = (options: Partial<PublishSummaryOptions>, code: string) =>
    expect(publish(options)).rejects.toMatchObject({ code });
  await refused({ signatures: signed(oldSummary) }, 'ostree/signature-invalid');
  await refused(
    { summary: Buffer.from('rubbish'), signatures: { ed25519: [], gpg: [] } },
    'ostree/summary-invalid',
  );
  writeFileSync(join(path, 'summary.idx'), '');
  await refused({}, 'ostree/summary-unrenewable');
  expect(served().summary).toEqual(Buffer.from(oldSummary));
  expect(accepts(served().summary, served().set)).toBe(true);
});

test('a clock that is far behind the served files stops a publication', async () => {
  await publishOld();
  const future = Date.now() / 1000 + 3600;
  utimesSync(join(path, 'summary'), future, future);
  await expect(publish()).rejects.toMatchObject({
    code: 'ostree/io-failed',
    message: expect.stringContaining('clock'),
  });
  expect(accepts(served().summary, served().set)).toBe(true);
});

test('the real client accepts a summary and commits with GPG signatures made here, before and after', async () => {
  const fixture = new PullFixture();
  const homedir = join(fixture.folder, 'gpg');
  execFileSync('mkdir', ['-m', '700', homedir]);
  try {
    const fingerprint = await generateGpgKey(homedir, 'production stage');
    const publicKey = join(fixture.folder, 'key.gpg');
    writeFileSync(publicKey, await exportGpgPublicKey(homedir, fingerprint));
    const client = join(fixture.folder, 'client');
    fixture.init(client, 'bare-user');
    const url = `file://${fixture.sourcePath}`;
    ostree(
      'remote',
      'add',
      `--repo=${client}`,
      `--gpg-import=${publicKey}`,
      '--set=gpg-verify-summary=true',
      '--set=gpg-verify=false',
      'origin',
      url,
    );
    for (const version of ['1', '2']) {
      fixture.write('etc/config', `version=${version}\n`);
      const head = fixture.commit('os/main', `--add-metadata-string=version=${version}`);
      const repo = fixture.openSource();
      const summary = buildSummary(repo, { now: new Date() });
      const both = { ed25519: [sign(summary)], gpg: [await signWithGpg(summary, { fingerprint, homedir })] };
      const phases = await publishSummary(repo, {
        summary,
        signatures: both,
        ed25519PublicKeys: [key.publicKey],
        overlapSeconds: 0.01,
      });
      expect(phases).toEqual(
        version === '1' ? ['summary', 'signature'] : ['overlap', 'summary', 'signature'],
      );
      ostree('pull', `--repo=${client}`, 'origin', 'os/main');
      expect(ostree('rev-parse', `--repo=${client}`, 'origin:os/main').trim()).toBe(head);
      expect(ostree('summary', '-v', `--repo=${fixture.sourcePath}`)).toContain('os/main');
    }
    fsckClean(client);
    expect(summaryKeys.lastModified).toBeDefined();
  } finally {
    await stopGpgAgent(homedir);
    fixture.remove();
  }
});

test('without keys to tell signatures by there is no overlap', async () => {
  await publishOld();
  expect(await publish({ ed25519PublicKeys: undefined })).toEqual(['summary', 'signature']);
  expectPublished();
});

test('a first publication may be without signatures', async () => {
  expect(await publish({ signatures: { ed25519: [], gpg: [] } })).toEqual(['summary', 'signature']);
  expect(served()).toEqual({ summary: Buffer.from(newSummary), set: null });
});

test('where caches lie between, both signatures are served for as long again beside the new summary', async () => {
  await publishOld();
  const stop = new AbortController();
  const onPhase = (phase: PublishPhase) => {
    if (phase === 'summary') stop.abort();
  };
  await expect(publish({ hasCaches: true, signal: stop.signal, onPhase })).rejects.toMatchObject({
    code: 'ostree/aborted',
  });
  expect(served().summary).toEqual(Buffer.from(newSummary));
  expect(hex(served().set?.ed25519)).toEqual(hex([sign(oldSummary), sign(newSummary)]));
  // Whoever completes it finds the summary in place.
  expect(await publish({ hasCaches: true })).toEqual(['summary', 'signature']);
  expectPublished();
});

test('signatures of both that somebody removes before the wait keep nobody waiting', async () => {
  await publishOld();
  const stop = new AbortController();
  const stopped = publish({ overlapSeconds: 3600, signal: stop.signal, onPhase: () => stop.abort() });
  await expect(stopped).rejects.toMatchObject({ code: 'ostree/aborted' });
  const fs = watchedFs(({ name, args }) => {
    if (name === 'lstat' && String(args[0]).endsWith('/summary.sig'))
      rmSync(String(args[0]), { force: true });
  });
  expect(await publish({ overlapSeconds: 3600 }, fs)).toEqual(['summary', 'signature']);
  expectPublished();
});

test('a clock that is somewhat behind is waited for, so that times rise and are never far ahead', async () => {
  await publishOld();
  const next = mtime('summary') + 1;
  const behind = (seconds: number, signal?: AbortSignal) =>
    publish({ overlapSeconds: 0, now: () => (next - seconds) * 1000, signal });
  await expect(behind(30, AbortSignal.abort())).rejects.toMatchObject({ code: 'ostree/aborted' });
  expect(served().summary).toEqual(Buffer.from(oldSummary));
  expect(await behind(5.01)).toEqual(['summary', 'signature']);
  expect([mtime('summary'), mtime('summary.sig')]).toEqual([next, next]);
});

test.each([
  ['nobody can read', () => writeFileSync(join(path, 'summary.sig'), 'rubbish')],
  ['are missing', () => rmSync(join(path, 'summary.sig'))],
])('signatures that %s are replaced without an overlap', async (_what, spoil) => {
  await publishOld();
  spoil();
  expect(await publish()).toEqual(['summary', 'signature']);
  expectPublished();
});
