import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import { boardSchema } from '../contracts/board';
import { commitSchema, compareSchema, fileDiffSchema, fileSchema, treeSchema } from '../contracts/commit';
import { stagePageSchema } from '../contracts/stage';
import { objectPath, parseChecksum, serializeSignatureSet, signEd25519 } from '../ostree';
import { generateEd25519KeyPair } from '../ostree/sign/ed25519';
import { addEdge } from './add-edge';
import { addStageKey } from './add-stage-key';
import { compareCommits } from './compare-commits';
import { compareFile } from './compare-file';
import { createPlan } from './create-plan';
import { getBoard } from './get-board';
import { getCommit } from './get-commit';
import { getStagePage } from './get-stage-page';
import { listCommitTree } from './list-commit-tree';
import { listRefCommits } from './list-ref-commits';
import { readCommitFile } from './read-commit-file';
import { makeTestPipeline, REF, type TestPipeline } from './testing/pipeline';
import { makeWorld, type World } from './testing/world';

let world: World;
let pipeline: TestPipeline;
let viewer: PersonActor;
let first: string;
let second: string;
const stanza = (name: string, version: string) =>
  `Package: ${name}\nStatus: install ok installed\nArchitecture: amd64\nVersion: ${version}\nDescription: x\n more\n\n`;
beforeAll(async () => {
  world = await makeWorld();
  pipeline = await makeTestPipeline(world);
  viewer = await world.person('viewer');
  const ref = 'os/amd64/packages';
  first = pipeline.commit('dev', ref, {
    files: {
      'usr/lib/dpkg/status': stanza('bash', '5.1') + stanza('gone', '1'),
      'etc/binary': '\0\u0001',
      'etc/big': 'x'.repeat(300_000),
      'etc/text': 'one\ntwo\nthree\n',
    },
  });
  second = pipeline.commit('dev', ref, {
    files: {
      'usr/lib/dpkg/status': stanza('bash', '5.2') + stanza('new', '2'),
      'etc/text': 'one\n2\nthree\n',
    },
  });
});
afterAll(() => world.close());

test('a ref’s history comes in pages that stay what they are', async () => {
  const input = { stage: 'dev', ref: REF };
  const page = await listRefCommits(world.ctx, viewer, input);
  expect(page.items.map((row) => row.version)).toEqual(['2', '1']);
  expect(page.nextCursor).toBeNull();
  expect(page.items[1]?.standsOn).toEqual([
    { stage: 'staging', ref: REF, isHead: true },
    { stage: 'dev', ref: REF, isHead: false },
  ]);
  const from = await listRefCommits(world.ctx, viewer, { ...input, cursor: page.items[1]?.checksum });
  expect(from.items.map((row) => row.version)).toEqual(['1']);
  await expect(listRefCommits(world.ctx, viewer, { ...input, ref: 'os/none' })).rejects.toMatchObject({
    code: 'ostree/ref-not-found',
  });
  await expect(listRefCommits(world.ctx, viewer, { ...input, cursor: '../x' })).rejects.toMatchObject({
    code: 'ostree/checksum-invalid',
  });
  for (const ref of ['../../config', 'os/../../x', '/etc/passwd', 'a\nb']) {
    await expect(listRefCommits(world.ctx, viewer, { ...input, ref })).rejects.toMatchObject({
      code: expect.stringMatching(/^ostree\/ref-/),
    });
  }
});

test('a long history has a next page', async () => {
  const ref = 'os/long';
  for (let i = 0; i < 27; i++) pipeline.commit('dev', ref, { files: { 'etc/i': `${i}` } });
  const page = await listRefCommits(world.ctx, viewer, { stage: 'dev', ref });
  expect(page.items).toHaveLength(25);
  const rest = await listRefCommits(world.ctx, viewer, { stage: 'dev', ref, cursor: page.nextCursor });
  expect(rest).toMatchObject({ nextCursor: null });
  expect(new Set([...page.items, ...rest.items].map((row) => row.checksum)).size).toBe(27);
});

test('a commit, its tree and its files are shown as their contracts have it', async () => {
  const commit = commitSchema.parse(await getCommit(world.ctx, viewer, { checksum: second }));
  expect(commit).toMatchObject({ stage: 'dev', parent: first, isPartial: false });
  expect(commit.metadata.map((row) => row.key)).toContain('ostree.ref-binding');
  await expect(getCommit(world.ctx, viewer, { checksum: second, stage: 'staging' })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(getCommit(world.ctx, viewer, { checksum: 'a'.repeat(64) })).rejects.toMatchObject({
    code: 'not-found',
  });

  const tree = treeSchema.parse(await listCommitTree(world.ctx, viewer, { checksum: second, path: '/etc/' }));
  expect(tree.path).toBe('/etc');
  expect(tree.entries.map((entry) => entry.name).sort()).toEqual(['big', 'binary', 'name', 'text']);
  const root = await listCommitTree(world.ctx, viewer, { checksum: second });
  expect(root.entries.map((entry) => entry.path)).toEqual(['/etc', '/usr']);

  const read = async (path: string) =>
    fileSchema.parse(await readCommitFile(world.ctx, viewer, { checksum: second, path }));
  expect(await read('/etc/text')).toMatchObject({ text: 'one\n2\nthree\n', whyNoText: null });
  expect(await read('/etc/binary')).toMatchObject({ text: null, whyNoText: 'it is no text' });
  expect(await read('/etc/big')).toMatchObject({ text: null, whyNoText: 'it is larger than 256 KiB' });
  await expect(read('/etc/none')).rejects.toMatchObject({ code: 'ostree/path-not-found' });
  for (const path of ['/etc', '/../../etc/passwd', '/etc/./text']) {
    await expect(read(path), path).rejects.toMatchObject({ code: 'ostree/path-invalid' });
  }
});

test('two commits are compared by files and packages, and with nothing', async () => {
  const compared = compareSchema.parse(await compareCommits(world.ctx, viewer, { from: first, to: second }));
  expect(compared.rows.map((row) => [row.path, row.change])).toEqual([
    ['/etc/text', 'modified'],
    ['/usr/lib/dpkg/status', 'modified'],
  ]);
  expect(compared.packages).toEqual([
    { name: 'bash', fromVersion: '5.1', toVersion: '5.2' },
    { name: 'gone', fromVersion: '1', toVersion: null },
    { name: 'new', fromVersion: null, toVersion: '2' },
  ]);
  const all = compareSchema.parse(await compareCommits(world.ctx, viewer, { from: null, to: second }));
  expect(all.from).toBeNull();
  expect(all.counts).toMatchObject({ removed: 0, modified: 0 });
  expect(all.counts.added).toBeGreaterThan(4);
  const diff = fileDiffSchema.parse(
    await compareFile(world.ctx, viewer, { from: first, to: second, path: '/etc/text' }),
  );
  expect(diff.lines?.map((line) => `${line.kind} ${line.text}`)).toEqual([
    'context one',
    'removed two',
    'added 2',
    'context three',
  ]);
  const binary = await compareFile(world.ctx, viewer, { from: first, to: second, path: '/etc/binary' });
  expect(binary).toMatchObject({ lines: null, whyNoText: 'it is no text' });
  await expect(
    compareFile(world.ctx, viewer, { from: first, to: second, path: '/none' }),
  ).rejects.toMatchObject({ code: 'ostree/path-not-found' });
});

test('signatures are attributed to the stage’s keys, and a stranger’s or a broken one is not', async () => {
  const pair = generateEd25519KeyPair();
  const publicKey = Buffer.from(pair.publicKey).toString('base64');
  const checksum = pipeline.commit('dev', 'os/signed', { version: '9' });
  const path = join(pipeline.repo('dev'), objectPath(parseChecksum(checksum), 'commit', 'archive'));
  const bytes = readFileSync(path);
  const stranger = generateEd25519KeyPair();
  const signatures = [
    signEd25519(pair.secretKey, bytes),
    signEd25519(stranger.secretKey, bytes),
    new Uint8Array(63),
  ];
  const set = serializeSignatureSet({ ed25519: signatures, gpg: [], other: new Map() });
  writeFileSync(path.replace(/commit$/, 'commitmeta'), set);
  const seen = async () =>
    (await getCommit(world.ctx, viewer, { checksum })).signatures.map((each) => each.state);
  expect(await seen()).toEqual(['unchecked', 'unchecked', 'invalid']);
  await addStageKey(world.ctx, world.system, { stage: 'dev', action: 'trust', type: 'ed25519', publicKey });
  expect(await seen()).toEqual(['valid', 'unknown-key', 'invalid']);
  expect((await getCommit(world.ctx, viewer, { checksum })).signatures[0]?.key).toBe(publicKey);

  // A source with keys lets only signed commits go on.
  const manager = await world.person('release-manager');
  const plan = (ref: string) => createPlan(world.ctx, manager, { edge: pipeline.edge.id, refs: [{ ref }] });
  const verdict = async (ref: string) =>
    (await plan(ref)).facts.checks.find((check) => check.code === 'source-signature')?.result;
  expect(await verdict('os/signed')).toBe('pass');
  expect(await verdict(REF)).toBe('fail');
});

test('the board says what is where, what is ahead and what is new, by its contract', async () => {
  const board = boardSchema.parse(await getBoard(world.ctx, viewer));
  expect(board.stages.map((each) => each.stage.name)).toEqual(['dev', 'staging']);
  const [edge] = board.edges;
  expect(edge?.canRequest).toBe(false);
  expect(edge?.refs.find((each) => each.sourceRef === REF)).toMatchObject({ relation: 'ahead', commits: 1 });
  expect(edge?.refs.find((each) => each.sourceRef === 'os/long')).toMatchObject({
    relation: 'missing',
    commits: 27,
  });
  const manager = await world.person('release-manager');
  expect((await getBoard(world.ctx, manager)).edges[0]?.canRequest).toBe(true);
  stagePageSchema.parse(await getStagePage(world.ctx, viewer, 'dev'));
});

test('a recommit edge compares by content, and plans the same commit each time', async () => {
  const manager = await world.person('release-manager');
  const edge = await addEdge(world.ctx, world.system, {
    from: 'staging',
    to: 'dev',
    refGlobs: ['os/amd64/main'],
    mode: 'recommit',
    renames: [{ from: REF, to: 'os/amd64/copy' }],
  });
  const plan = () => createPlan(world.ctx, manager, { edge: edge.id, refs: [{ ref: REF }] });
  const [one, two] = [await plan(), await plan()];
  expect(two.planChecksum).toBe(one.planChecksum);
  expect(one.plan.refs).toEqual([
    expect.objectContaining({
      targetRef: 'os/amd64/copy',
      expectedChecksum: null,
      timestamp: expect.any(Number),
    }),
  ]);
  expect(one.plan.refs[0]?.resultingChecksum).not.toBe(one.plan.refs[0]?.sourceChecksum);
  expect(one.facts.checks.find((check) => check.code === 'ref-binding')?.result).toBe('pass');
});

test('a repository that is gone leaves the rest of the board in view', async () => {
  renameSync(pipeline.repo('staging'), `${pipeline.repo('staging')}.away`);
  try {
    const board = await getBoard(world.ctx, viewer);
    const staging = board.stages.find((each) => each.stage.name === 'staging');
    expect(staging?.stage.problem).toContain(pipeline.repo('staging'));
    expect(board.stages.find((each) => each.stage.name === 'dev')?.refs.length).toBeGreaterThan(0);
  } finally {
    renameSync(`${pipeline.repo('staging')}.away`, pipeline.repo('staging'));
  }
});
