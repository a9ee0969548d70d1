import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { PersonActor } from '../auth/actor';
import { usualProvider } from '../db/testing/fresh-database';
import { generateEd25519KeyPair, serializeEd25519KeyFile } from '../ostree/sign/ed25519';
import { type RunningSigner, runSigner } from '../signer/run-signer';
import { addEdge } from './add-edge';
import { addStage } from './add-stage';
import { addStageKey } from './add-stage-key';
import { adoptStageRefs } from './adopt-stage-refs';
import { getStagePage } from './get-stage-page';
import { importStageKey } from './import-stage-key';
import { inspectRepository } from './inspect-repository';
import { listEdges } from './list-edges';
import { listStageRefs } from './list-stage-refs';
import { listStages } from './list-stages';
import { readStageKeyFile } from './read-stage-key-file';
import { initRepository, makeTestPipeline, ostree, REF, type TestPipeline } from './testing/pipeline';
import { makeWorld, type World } from './testing/world';
import { updateEdge } from './update-edge';
import { updateStage } from './update-stage';

let world: World;
let pipeline: TestPipeline;
let admin: PersonActor;
let signer: RunningSigner;
beforeAll(async () => {
  world = await makeWorld();
  pipeline = await makeTestPipeline(world);
  admin = await world.person('admin');
  const { home } = world.ctx;
  signer = await runSigner({
    db: world.db,
    ...(usualProvider === 'sqlite' && { databasePath: home.databasePath }),
    clock: world.clock,
    signerDir: home.signerDir,
    socketPath: home.signerSocket,
    setupSocketPath: home.signerSetupSocket,
  });
});
afterAll(async () => {
  await signer.close();
  await world.close();
});

const served = () =>
  JSON.parse(readFileSync(world.ctx.home.repoServerConfigPath, 'utf8')) as { stage: string }[];

test('settings are changed by admins alone', async () => {
  const path = initRepository(join(world.root, 'forbidden'));
  for (const role of ['viewer', 'release-manager', 'reviewer', 'auditor'] as const) {
    const actor = await world.person(role);
    const attempts = [
      () => inspectRepository(world.ctx, actor, { repoPath: path }),
      () => addStage(world.ctx, actor, { name: 'x', repoPath: path }),
      () => updateStage(world.ctx, actor, { stage: 'dev', position: 5 }),
      () => adoptStageRefs(world.ctx, actor, { stage: 'dev' }),
      () => addStageKey(world.ctx, actor, { stage: 'dev', action: 'generate', type: 'ed25519' }),
      () => importStageKey(world.ctx, actor, { stage: 'dev', type: 'ed25519', path: '/dev/null' }),
      () => addEdge(world.ctx, actor, { from: 'staging', to: 'dev', refGlobs: ['**'] }),
      () => updateEdge(world.ctx, actor, { id: pipeline.edge.id, verifyObjects: false }),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toMatchObject({ code: 'forbidden' });
    expect((await listStages(world.ctx, actor)).map((stage) => stage.name)).toEqual(['dev', 'staging']);
    expect(await listEdges(world.ctx, actor)).toHaveLength(1);
  }
});

test('looking at a repository says what it is, and changes nothing', async () => {
  const before = execFileSync('find', [pipeline.repo('dev'), '-printf', '%p %T@\n'], { encoding: 'utf8' });
  const seen = await inspectRepository(world.ctx, admin, { repoPath: pipeline.repo('dev') });
  expect(seen).toMatchObject({
    mode: 'archive',
    collectionId: null,
    hasSummary: false,
    isWritable: true,
    commitSignatures: [],
    summarySignatures: [],
  });
  expect(seen.refs).toEqual([{ ref: REF, checksum: pipeline.head('dev', REF), isPromotable: true }]);
  expect(seen.neighbours).toContainEqual({
    stage: 'staging',
    willLink: true,
    why: 'same file system and owner',
  });
  expect(seen.findings).toContainEqual({
    level: 'problem',
    text: 'this repository is the stage dev already',
  });
  expect(BigInt(seen.freeBytes)).toBeGreaterThan(0n);
  const after = execFileSync('find', [pipeline.repo('dev'), '-printf', '%p %T@\n'], { encoding: 'utf8' });
  expect(after).toBe(before);
});

test('what is worth knowing of a configuration is said', async () => {
  const path = initRepository(join(world.root, 'odd'), '--collection-id=org.example.Odd');
  ostree('config', `--repo=${path}`, 'set', 'core.auto-update-summary', 'true');
  ostree('config', `--repo=${path}`, 'set', 'core.fsync', 'false');
  writeFileSync(join(path, 'summary.idx'), '');
  const seen = await inspectRepository(world.ctx, admin, { repoPath: path });
  expect(seen.collectionId).toBe('org.example.Odd');
  const texts = seen.findings.map((finding) => `${finding.level}: ${finding.text}`).join('\n');
  expect(texts).toMatch(/warning: core\.auto-update-summary is on/);
  expect(texts).toMatch(/warning: core\.fsync is off/);
  expect(texts).toMatch(/problem: it has a summary\.idx/);
  expect(texts).toMatch(/warning: it has no refs yet/);
  await expect(addStage(world.ctx, admin, { name: 'odd', repoPath: path })).rejects.toMatchObject({
    code: 'conflict',
  });
});

test('what is no repository is one clear error that names the path', async () => {
  const empty = join(world.root, 'empty');
  mkdirSync(empty);
  const link = join(world.root, 'link');
  symlinkSync(pipeline.repo('dev'), link);
  for (const repoPath of [empty, link, join(world.root, 'nothing'), '/etc/passwd', '/proc/self']) {
    const error = await inspectRepository(world.ctx, admin, { repoPath }).catch((e: unknown) => e);
    expect(error, repoPath).toMatchObject({ code: expect.stringMatching(/^ostree\/repo-/) });
    expect((error as Error).message).toContain(repoPath);
  }
  for (const repoPath of ['relative/path', '', 7, { not: '' }]) {
    await expect(inspectRepository(world.ctx, admin, { repoPath: repoPath as string })).rejects.toMatchObject(
      { code: 'input-invalid' },
    );
  }
});

test('a stage is added with its refs adopted, and served', async () => {
  const path = initRepository(join(world.root, 'third'));
  const added = await addStage(world.ctx, admin, { name: 'third', repoPath: path, overlapSeconds: 30 });
  expect(added).toMatchObject({ name: 'third', position: 2, overlapSeconds: 30, refCount: 0, problem: null });
  expect(served().map((each) => each.stage)).toContain('third');
  await expect(
    addStage(world.ctx, admin, { name: 'third', repoPath: initRepository(join(world.root, 'x')) }),
  ).rejects.toMatchObject({
    code: 'name-taken',
  });
  await expect(addStage(world.ctx, admin, { name: 'fourth', repoPath: path })).rejects.toMatchObject({
    code: 'conflict',
  });
  for (const name of ['Upper', '../x', 'a/b', '', 'x'.repeat(40), '-x']) {
    await expect(addStage(world.ctx, admin, { name, repoPath: path })).rejects.toMatchObject({
      code: 'input-invalid',
    });
  }
  const moved = await updateStage(world.ctx, admin, { stage: 'third', position: 7 });
  expect(moved.position).toBe(7);
  await expect(updateStage(world.ctx, admin, { stage: 'none', position: 7 })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(
    updateStage(world.ctx, admin, { stage: 'third', repoPath: '/etc' } as never),
  ).rejects.toMatchObject({ code: 'input-invalid' });
});

test('a directory put in the place of a repository is not taken for it', async () => {
  const path = initRepository(join(world.root, 'swapped'));
  await addStage(world.ctx, admin, { name: 'swapped', repoPath: path });
  renameSync(path, `${path}.away`);
  initRepository(path);
  const stage = (await listStages(world.ctx, admin)).find((each) => each.name === 'swapped');
  expect(stage?.problem).toContain(path);
  rmSync(path, { recursive: true });
  renameSync(`${path}.away`, path);
  expect((await listStages(world.ctx, admin)).find((each) => each.name === 'swapped')?.problem).toBeNull();
});

test('refs that somebody else changed are told, and adopted on purpose', async () => {
  const checksum = pipeline.commit('staging', 'os/by-hand', { version: 'x' });
  const drifted = async () =>
    (await listStageRefs(world.ctx, admin, 'staging')).items
      .filter((each) => each.isDrifted)
      .map((each) => each.ref);
  expect(await drifted()).toEqual(['os/by-hand']);
  expect(await adoptStageRefs(world.ctx, admin, { stage: 'staging', refs: ['os/other'] })).toEqual({
    adopted: 0,
  });
  await world.db.run.deleteMany();
  expect(await adoptStageRefs(world.ctx, admin, { stage: 'staging' })).toEqual({ adopted: 1 });
  expect(await drifted()).toEqual([]);
  const event = await world.db.auditEvent.findFirst({
    where: { kind: 'stage.refs-adopted' },
    orderBy: { seq: 'desc' },
  });
  expect(JSON.parse(event?.dataJson ?? '')).toEqual({
    refs: [{ ref: 'os/by-hand', from: null, to: checksum }],
  });
  ostree('refs', `--repo=${pipeline.repo('staging')}`, '--delete', 'os/by-hand');
  expect(await adoptStageRefs(world.ctx, admin, { stage: 'staging' })).toEqual({ adopted: 1 });
  expect(await adoptStageRefs(world.ctx, admin, { stage: 'staging' })).toEqual({ adopted: 0 });
  await expect(adoptStageRefs(world.ctx, admin, { stage: 'none' })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('the signer makes a key, the database gets its public half, the server and clients learn of it', async () => {
  const key = await addStageKey(world.ctx, admin, { stage: 'staging', action: 'generate', type: 'ed25519' });
  expect(key).toMatchObject({ type: 'ed25519', purpose: 'sign', retiredAt: null });
  expect(served()).toContainEqual(
    expect.objectContaining({ stage: 'staging', ed25519PublicKeys: [key.keyId] }),
  );
  const page = await getStagePage(world.ctx, await world.person('viewer'), 'staging');
  expect(page.client.remoteAddCommand).toBe(
    `ostree remote add --no-gpg-verify --sign-verify=ed25519=inline:${key.keyId} ` +
      '--set=sign-verify-summary=true staging http://127.0.0.1:3001/staging/',
  );
  const [file] = page.client.keyFiles;
  expect(file?.fileName).toMatch(/^staging-[0-9a-f]{8}\.ed25519$/);
  const { bytes } = await readStageKeyFile(world.ctx, await world.person('viewer'), {
    stage: 'staging',
    keyId: key.id,
  });
  expect(Buffer.from(bytes).toString()).toBe(`${key.keyId}\n`);
  await expect(readStageKeyFile(world.ctx, admin, { stage: 'dev', keyId: key.id })).rejects.toMatchObject({
    code: 'not-found',
  });
});

test('a GPG key is what clients are told to import', async () => {
  const key = await addStageKey(world.ctx, admin, { stage: 'staging', action: 'generate', type: 'gpg' });
  expect(key.keyId).toMatch(/^[0-9A-F]{40}$/);
  const page = await getStagePage(world.ctx, admin, 'staging');
  const file = page.client.keyFiles.find((each) => each.type === 'gpg');
  const { bytes, fileName } = await readStageKeyFile(world.ctx, admin, {
    stage: 'staging',
    keyId: key.keyId,
  });
  expect(fileName).toBe(file?.fileName);
  expect(page.client.remoteAddCommand).toContain(`--gpg-import=${fileName} --set=gpg-verify-summary=true`);
  // The very command, on the real client.
  const client = initRepository(join(world.root, 'client'));
  const path = join(world.root, fileName);
  writeFileSync(path, bytes);
  const words = page.client.remoteAddCommand.split(' ').slice(1);
  ostree(...words.map((word) => word.replace(fileName, path)), `--repo=${client}`);
  expect(readFileSync(join(client, 'config'), 'utf8')).toContain('gpg-verify-summary=true');
  const gpgKeys = ostree('remote', 'gpg-list-keys', `--repo=${client}`, 'staging');
  expect(gpgKeys.replaceAll(' ', '')).toContain(key.keyId);
});

test('a public key is trusted; secret keys and nonsense are refused, and not repeated', async () => {
  const pair = generateEd25519KeyPair();
  const publicKey = Buffer.from(pair.publicKey).toString('base64');
  const trust = (text: string, type: 'ed25519' | 'gpg' = 'ed25519') =>
    addStageKey(world.ctx, admin, { stage: 'dev', action: 'trust', type, publicKey: text });
  expect(await trust(` ${publicKey}\n`)).toMatchObject({ keyId: publicKey, purpose: 'trust' });
  await expect(trust(publicKey)).rejects.toMatchObject({ code: 'name-taken' });
  const secret = Buffer.from(pair.secretKey).toString('base64');
  for (const text of [secret, 'AAAA', `${publicKey}AA`, 'x'.repeat(44)]) {
    const error = await trust(text).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'ostree/key-invalid' });
    expect((error as Error).message).not.toContain(text);
  }
  const armour = (kind: string) =>
    `-----BEGIN PGP ${kind} KEY BLOCK-----\n\nAAAA\n-----END PGP ${kind} KEY BLOCK-----`;
  for (const text of [armour('PRIVATE'), armour('PUBLIC'), 'nothing']) {
    await expect(trust(text, 'gpg')).rejects.toMatchObject({ code: 'ostree/key-invalid' });
  }
});

test('a secret key is imported by the signer alone, and a trusted one becomes one that signs', async () => {
  const pair = generateEd25519KeyPair();
  const publicKey = Buffer.from(pair.publicKey).toString('base64');
  await addStageKey(world.ctx, admin, { stage: 'dev', action: 'trust', type: 'ed25519', publicKey });
  const path = join(world.root, 'secret.key');
  writeFileSync(path, serializeEd25519KeyFile([pair.secretKey]), { mode: 0o600 });
  const imported = await importStageKey(world.ctx, world.system, { stage: 'dev', type: 'ed25519', path });
  expect(imported).toMatchObject({ keyId: publicKey, purpose: 'sign' });
  const dump = JSON.stringify([await world.db.stageKey.findMany(), await world.db.auditEvent.findMany()]);
  expect(dump).not.toContain(Buffer.from(pair.secretKey).toString('base64').slice(0, 40));
});

test('edges are made once, between stages that there are, with refs that are not ambiguous', async () => {
  const add = (input: object) => addEdge(world.ctx, admin, input as never);
  await expect(add({ from: 'dev', to: 'staging', refGlobs: ['**'] })).rejects.toMatchObject({
    code: 'name-taken',
  });
  await expect(add({ from: 'dev', to: 'dev', refGlobs: ['**'] })).rejects.toMatchObject({
    code: 'input-invalid',
  });
  await expect(add({ from: 'dev', to: 'none', refGlobs: ['**'] })).rejects.toMatchObject({
    code: 'not-found',
  });
  for (const bad of [
    { refGlobs: [] },
    { refGlobs: ['os/$(x)'] },
    { refGlobs: ['**'], approvalRules: [] },
    { refGlobs: ['**'], approvalRules: [{ group: null, required: 0 }] },
    {
      refGlobs: ['**'],
      approvalRules: [
        { group: null, required: 1 },
        { group: null, required: 2 },
      ],
    },
    { refGlobs: ['**'], approvalExpiryHours: 0 },
    { refGlobs: ['**'], mode: 'other' },
    { refGlobs: ['**'], renames: [{ from: 'a/b', to: '../c' }] },
    {
      refGlobs: ['**'],
      renames: [
        { from: 'os/a', to: 'os/c' },
        { from: 'os/b', to: 'os/c' },
      ],
    },
  ]) {
    await expect(add({ from: 'staging', to: 'third', ...bad })).rejects.toMatchObject({
      code: 'input-invalid',
    });
  }
  const edge = await add({
    from: 'staging',
    to: 'third',
    refGlobs: ['os/**'],
    mode: 'recommit',
    approvalRules: [{ group: null, required: 2 }],
  });
  expect(edge).toMatchObject({ policyVersion: 1, mode: 'recommit', verifyObjects: true });
});

test('each change of an edge is a version of its policy; none where nothing changes', async () => {
  const { id } = pipeline.edge;
  const before = (await listEdges(world.ctx, admin)).find((edge) => edge.id === id);
  const same = await updateEdge(world.ctx, admin, {
    id,
    approvalRules: before?.approvalRules ?? [],
  });
  expect(same.policyVersion).toBe(before?.policyVersion);
  const changed = await updateEdge(world.ctx, admin, {
    id,
    approvalRules: [{ group: null, required: 3 }],
    refGlobs: ['os/*/main'],
  });
  expect(changed).toMatchObject({ approvalRules: [{ group: null, required: 3 }], refGlobs: ['os/*/main'] });
  expect(changed.policyVersion).toBe((before?.policyVersion ?? 0) + 1);
  await expect(updateEdge(world.ctx, admin, { id: 'none', verifyObjects: true })).rejects.toMatchObject({
    code: 'not-found',
  });
  await expect(updateEdge(world.ctx, admin, { id, from: 'dev' } as never)).rejects.toMatchObject({
    code: 'input-invalid',
  });
});
