import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Plan } from '../contracts/promotion';
import {
  askingGroup,
  longAgo,
  makePipeline,
  ostree,
  type Pipeline,
  type Requested,
  voidApproval,
} from '../jobs/testing/pipeline';
import { removing } from '../jobs/testing/removal-plan';
import { rollingBack } from '../jobs/testing/rollback-plan';
import { openRepo } from '../ostree/repo/open-repo';
import { verifyEd25519 } from '../ostree/sign/ed25519';
import { openGpgKeyring } from '../ostree/sign/gpg';
import { buildSummary } from '../ostree/write/build-summary';
import { planChecksum, planJson } from '../promotion/plan-checksum';
import { connectSigner, type SignerClient } from './client';
import type { RunningSigner } from './run-signer';
import { connectSignerSetup } from './setup-client';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
let pipeline: Pipeline;
let signer: RunningSigner | null;
let client: SignerClient;

beforeEach(async () => {
  pipeline = await makePipeline({ refs: [a, b], fileCount: 2 });
  signer = await pipeline.startSigner();
  client = connectSigner(pipeline.home.signerSocket, { timeoutMilliseconds: 10_000 });
});

afterEach(async () => {
  await signer?.close();
  await pipeline.close();
});

/** Brings a run as far as a worker would before it asks for the summary. */
async function publishable(refs: readonly string[] = [a]): Promise<Requested> {
  const requested = await pipeline.approve(refs);
  await claim(requested);
  ostree('pull-local', `--repo=${pipeline.target.path}`, '--depth=-1', pipeline.source.path, ...refs);
  writeCandidate();
  return requested;
}

async function claim(requested: Requested): Promise<void> {
  await pipeline.db.run.update({ where: { id: requested.runId }, data: { state: 'running' } });
  await pipeline.db.promotion.update({ where: { id: requested.promotionId }, data: { state: 'running' } });
}

/** The candidate as `ostree summary -u` makes it of the refs as they are. */
function writeCandidate(): Buffer {
  const path = pipeline.target.path;
  ostree('summary', '-u', `--repo=${path}`);
  mkdirSync(join(path, '.treeline-journal'), { recursive: true });
  copyFileSync(join(path, 'summary'), join(path, '.treeline-journal/summary'));
  return readFileSync(join(path, 'summary'));
}

const ofRun = (requested: Requested) => ({ stageId: pipeline.target.id, runId: requested.runId });
const refusal = { code: 'signer-refused' };
const logLines = () =>
  readFileSync(join(pipeline.home.signerDir, 'signer.log'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('sockets', () => {
  test('are open to their owner only', () => {
    for (const path of [pipeline.home.signerSocket, pipeline.home.signerSetupSocket]) {
      expect(statSync(path).mode & 0o777).toBe(0o600);
    }
  });

  test('a second signer does not start, and the first goes on', async () => {
    await expect(pipeline.startSigner()).rejects.toMatchObject({ code: 'conflict' });
    expect(await client.listKeys({ stageId: pipeline.target.id })).toHaveLength(1);
  });

  test('the socket file of a killed signer is replaced', async () => {
    await signer?.close();
    signer = null;
    const { signerSocket } = pipeline.home;
    const die = `require('net').createServer().listen(${JSON.stringify(signerSocket)}, () => process.kill(process.pid, 'SIGKILL'))`;
    spawnSync(process.execPath, ['-e', die]);
    expect(statSync(signerSocket).isSocket()).toBe(true);
    signer = await pipeline.startSigner();
    expect(await client.listKeys({ stageId: pipeline.target.id })).toHaveLength(1);
  });

  test('without a signer the client says so', async () => {
    await signer?.close();
    signer = null;
    await expect(client.listKeys({ stageId: 'stage' })).rejects.toMatchObject({ code: 'signer-unreachable' });
  });

  test('garbage is answered or hung up on, and harms nobody', async () => {
    const send = (bytes: string | Buffer) =>
      new Promise<string>((resolve) => {
        const socket = connect(pipeline.home.signerSocket, () => socket.write(bytes));
        socket.on('data', (chunk) => {
          socket.destroy();
          resolve(chunk.toString());
        });
        socket.on('close', () => resolve(''));
        socket.on('error', () => resolve(''));
      });
    const refused = /^\{"ok":false,"code":"input-invalid"/;
    expect(await send('not json\n')).toMatch(refused);
    expect(await send('{}\n')).toMatch(refused);
    expect(await send('null\n')).toMatch(refused);
    expect(await send('{"kind":"generate-key","stageId":"x","type":"ed25519","label":"x"}\n')).toMatch(
      refused,
    );
    expect(await send('{"kind":"sign-summary","stageId":"../../x","runId":"x"}\n')).toMatch(refused);
    expect(await send('{"kind":"sign-summary","stageId":{"not":""},"runId":"x"}\n')).toMatch(refused);
    expect(await send('{"kind":"sign-summary","stageId":"x","runId":"x","bytes":"AAAA"}\n')).toMatch(refused);
    expect(await send('{"__proto__":{"kind":"list-keys"},"stageId":"x"}\n')).toMatch(refused);
    expect(await send(Buffer.alloc(100_000, 0x20))).toBe('');
    expect(await client.listKeys({ stageId: pipeline.target.id })).toHaveLength(1);
  });
});

describe('a summary', () => {
  test('of an approved run is signed, and remembered', async () => {
    const requested = await publishable();
    const { ed25519, gpg } = await client.signSummary(ofRun(requested));
    expect(gpg).toEqual([]);
    const publicKey = Buffer.from(pipeline.target.publicKeys.ed25519 as string, 'base64');
    const bytes = readFileSync(join(pipeline.target.path, 'summary'));
    expect(verifyEd25519(publicKey, bytes, Buffer.from(ed25519[0] as string, 'base64'))).toBe(true);
    expect(logLines().at(-1)).toMatchObject({ event: 'signed-summary', promotion: 1, run: requested.runId });
    await expect(client.signSummary(ofRun(requested))).resolves.toEqual({ ed25519, gpg });
  });

  test('with a ref that nobody approved is refused, and signed once it is adopted', async () => {
    const requested = await publishable();
    ostree(
      'refs',
      `--repo=${pipeline.target.path}`,
      '--create=os/evil',
      pipeline.headOf(pipeline.target, a) as string,
    );
    writeCandidate();
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining('os/evil'),
    });
    expect(logLines().at(-1)).toMatchObject({ event: 'refused' });
    await pipeline.db.ledgerRef.create({
      data: {
        id: 'adopted',
        stageId: pipeline.target.id,
        ref: 'os/evil',
        checksum: pipeline.headOf(pipeline.target, a) as string,
        origin: 'adopted',
        recordedAt: new Date(),
      },
    });
    expect((await client.signSummary(ofRun(requested))).ed25519).toHaveLength(1);
  });

  test('that drops a ref is refused', async () => {
    const requested = await publishable();
    ostree('refs', `--repo=${pipeline.target.path}`, '--delete', b);
    writeCandidate();
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining(`drops ${b}`),
    });
  });

  test('with another ref moved along is refused', async () => {
    const requested = await publishable();
    ostree('pull-local', `--repo=${pipeline.target.path}`, pipeline.source.path, b);
    writeCandidate();
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject(refusal);
  });

  test.each<[string, RegExp, (requested: Requested) => Promise<unknown>]>([
    [
      'not running',
      /is not running/,
      (r) => pipeline.db.run.update({ where: { id: r.runId }, data: { state: 'queued' } }),
    ],
    [
      'withdrawn',
      /is not running/,
      (r) => pipeline.db.promotion.update({ where: { id: r.promotionId }, data: { state: 'withdrawn' } }),
    ],
    [
      'approved by the requester only',
      /is not approved/,
      (r) =>
        pipeline.db.promotion.update({ where: { id: r.promotionId }, data: { requesterId: 'reviewer' } }),
    ],
    [
      'approved by the holder of its token only',
      /is not approved/,
      (r) =>
        pipeline.db.promotion.update({ where: { id: r.promotionId }, data: { sponsorIds: '["reviewer"]' } }),
    ],
    [
      'with a forged plan and its checksum',
      /is not approved/,
      (r) => {
        const plan = { ...r.plan, requireSourceHead: true };
        const data = { planJson: planJson(plan), planChecksum: planChecksum(plan) };
        return pipeline.db.promotion.update({ where: { id: r.promotionId }, data });
      },
    ],
    [
      'with a forged plan under the approved checksum',
      /not the approved one/,
      (r) => {
        const planText = planJson({
          ...r.plan,
          refs: r.plan.refs.map((each) => ({ ...each, timestamp: 7 })),
        });
        return pipeline.db.promotion.update({ where: { id: r.promotionId }, data: { planJson: planText } });
      },
    ],
    [
      'with a plan that is none',
      /not a plan/,
      (r) =>
        pipeline.db.promotion.update({ where: { id: r.promotionId }, data: { planJson: '{"version":1}' } }),
    ],
    [
      'rejected by somebody',
      /is not approved/,
      async (r) => {
        const person = { name: 'second', displayName: 'second', role: 'reviewer', passwordHash: '-' };
        await pipeline.db.person.create({ data: { id: 'second', ...person, createdAt: new Date() } });
        const decision = {
          reviewerId: 'second',
          decision: 'reject',
          planChecksum: planChecksum(r.plan),
          comment: '',
        };
        await pipeline.db.approval.create({
          data: { id: 'rejection', promotionId: r.promotionId, ...decision, createdAt: new Date() },
        });
      },
    ],
    ['whose approval was voided', /was voided/, (r) => voidApproval(pipeline, r.promotionId)],
    [
      'approved by somebody who is no reviewer any more',
      /is not approved/,
      () => pipeline.db.person.update({ where: { id: 'reviewer' }, data: { role: 'viewer' } }),
    ],
    [
      'that says that it began in the future',
      /in the future/,
      (r) =>
        pipeline.db.run.update({
          where: { id: r.runId },
          data: { committedAt: new Date(Date.now() + 3_600_000) },
        }),
    ],
    ['of a stage without a key', /no key to sign with/, () => pipeline.db.stageKey.deleteMany({})],
    [
      'of a stage whose key the signer does not hold',
      /holds no ed25519 key/,
      () => pipeline.db.stageKey.updateMany({ data: { keyId: Buffer.alloc(32).toString('base64') } }),
    ],
    [
      'of a stage whose key is retired',
      /no key to sign with/,
      () => pipeline.db.stageKey.updateMany({ data: { retiredAt: new Date() } }),
    ],
  ])('of a run %s is refused', async (_, message, change) => {
    const requested = await publishable();
    await change(requested);
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject({
      ...refusal,
      message: expect.stringMatching(message),
    });
  });

  test('of a run whose plan asks for a group is refused unless the approval is of that group, then and now', async () => {
    const refused = async (requested: Requested) => {
      await claim(requested);
      await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject({
        ...refusal,
        message: expect.stringMatching(/is not approved/),
      });
    };
    await refused(await pipeline.approve([a], askingGroup('security', [])));
    const requested = await pipeline.approve([a], askingGroup('security', ['reviewer']));
    await refused(requested);
    const now = new Date();
    await pipeline.db.group.create({ data: { id: 'security', name: 'security', createdAt: now } });
    await pipeline.db.groupMember.create({
      data: { groupId: 'security', personId: 'reviewer', addedAt: now },
    });
    ostree('pull-local', `--repo=${pipeline.target.path}`, '--depth=-1', pipeline.source.path, a);
    writeCandidate();
    expect((await client.signSummary(ofRun(requested))).ed25519).toHaveLength(1);
  });

  test('of a run whose approval is of somebody who is no reviewer for the stage is refused', async () => {
    const { db, source, target } = pipeline;
    const setRoles = async (role: string, stageId: string, stageRole: string) => {
      await db.person.update({ where: { id: 'reviewer' }, data: { role } });
      await db.stageRole.deleteMany({});
      await db.stageRole.create({ data: { personId: 'reviewer', stageId, role: stageRole } });
    };
    const requested = await publishable();
    for (const [role, stageId, there] of [
      ['reviewer', target.id, 'viewer'],
      ['viewer', source.id, 'reviewer'],
      // No row makes somebody of an admin or an auditor, or an admin of somebody.
      ['admin', target.id, 'reviewer'],
      ['auditor', target.id, 'reviewer'],
      ['reviewer', target.id, 'admin'],
    ] as const) {
      await setRoles(role, stageId, there);
      await expect(client.signSummary(ofRun(requested)), `${role}, ${there}`).rejects.toMatchObject({
        ...refusal,
        message: expect.stringMatching(/is not approved/),
      });
    }
    await setRoles('viewer', target.id, 'reviewer');
    expect((await client.signSummary(ofRun(requested))).ed25519).toHaveLength(1);
  });

  test('whose approval has expired is refused, unless its refs were moved while it held', async () => {
    const requested = await pipeline.approve([a], undefined, longAgo());
    await claim(requested);
    ostree('pull-local', `--repo=${pipeline.target.path}`, '--depth=-1', pipeline.source.path, a);
    writeCandidate();
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject({
      ...refusal,
      message: expect.stringMatching(/expired/),
    });
    const committedAt = new Date(longAgo().getTime() + 3_600_000);
    await pipeline.db.run.update({ where: { id: requested.runId }, data: { committedAt } });
    // From then on nobody takes it back: not even by leaving.
    await pipeline.db.person.update({ where: { id: 'reviewer' }, data: { disabledAt: new Date() } });
    expect((await client.signSummary(ofRun(requested))).ed25519).toHaveLength(1);
  });

  test('for another stage than the run’s is refused', async () => {
    const requested = await publishable();
    await expect(
      client.signSummary({ ...ofRun(requested), stageId: pipeline.source.id }),
    ).rejects.toMatchObject(refusal);
    await expect(client.signSummary({ ...ofRun(requested), runId: 'nothing' })).rejects.toMatchObject(
      refusal,
    );
  });

  test('that is missing, not in normal form, or a link is refused', async () => {
    const requested = await publishable();
    const path = join(pipeline.target.path, '.treeline-journal/summary');
    const bytes = readFileSync(path);
    for (const forged of [
      Buffer.alloc(0),
      bytes.subarray(0, -1),
      Buffer.concat([bytes, Buffer.alloc(1)]),
      Buffer.from('x'),
    ]) {
      writeFileSync(path, forged);
      await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject(refusal);
    }
    rmSync(path);
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject(refusal);
    symlinkSync(join(pipeline.target.path, 'summary'), path);
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject(refusal);
  });

  test('whose commit is not in the repository is refused', async () => {
    const requested = await publishable();
    const head = pipeline.headOf(pipeline.target, a) as string;
    rmSync(join(pipeline.target.path, 'objects', head.slice(0, 2), `${head.slice(2)}.commit`));
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining('is not in the repository'),
    });
  });

  test('of a directory that was put in the place of the repository is refused', async () => {
    const requested = await publishable();
    await pipeline.db.stage.update({ where: { id: pipeline.target.id }, data: { repoIno: '1' } });
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject(refusal);
  });
});

describe('a commit', () => {
  test('of the run and of its history is signed', async () => {
    const middle = pipeline.headOf(pipeline.source, a) as string;
    const head = pipeline.commit(a, { 'etc/version': '3' });
    const requested = await publishable();
    const publicKey = Buffer.from(pipeline.target.publicKeys.ed25519 as string, 'base64');
    for (const checksum of [head, middle]) {
      const { ed25519 } = await client.signCommit({ ...ofRun(requested), checksum });
      const bytes = readFileSync(
        join(pipeline.target.path, 'objects', checksum.slice(0, 2), `${checksum.slice(2)}.commit`),
      );
      expect(verifyEd25519(publicKey, bytes, Buffer.from(ed25519[0] as string, 'base64'))).toBe(true);
    }
  });

  test('that the run does not bring is refused', async () => {
    const replaced = pipeline.headOf(pipeline.target, a) as string;
    const requested = await publishable();
    const other = pipeline.headOf(pipeline.source, b) as string;
    ostree('pull-local', `--repo=${pipeline.target.path}`, pipeline.source.path, b);
    for (const checksum of [replaced, other, 'f'.repeat(64)]) {
      await expect(client.signCommit({ ...ofRun(requested), checksum })).rejects.toMatchObject(refusal);
    }
  });

  test('that is corrupt is refused', async () => {
    const requested = await publishable();
    const head = pipeline.headOf(pipeline.target, a) as string;
    const path = join(pipeline.target.path, 'objects', head.slice(0, 2), `${head.slice(2)}.commit`);
    const bytes = readFileSync(path);
    rmSync(path);
    bytes[40] = (bytes[40] as number) ^ 1;
    writeFileSync(path, bytes);
    await expect(client.signCommit({ ...ofRun(requested), checksum: head })).rejects.toMatchObject(refusal);
  });
});

test('a stage with keys of both kinds gets a signature by each', async () => {
  const setup = connectSignerSetup(pipeline.home.signerSetupSocket);
  const { keyId, publicKey } = await setup.generateKey({
    stageId: pipeline.target.id,
    type: 'gpg',
    label: 'production',
  });
  await pipeline.db.stageKey.create({
    data: {
      id: 'gpg',
      stageId: pipeline.target.id,
      type: 'gpg',
      keyId,
      publicKey,
      purpose: 'sign',
      createdAt: new Date(),
    },
  });
  const requested = await publishable();
  const { ed25519, gpg } = await client.signSummary(ofRun(requested));
  expect([ed25519.length, gpg.length]).toEqual([1, 1]);
  const keyring = await openGpgKeyring([Buffer.from(publicKey)]);
  const bytes = readFileSync(join(pipeline.target.path, 'summary'));
  expect(await keyring.verify(bytes, [Buffer.from(gpg[0] as string, 'base64')])).toEqual([
    { key: keyId, state: 'valid' },
  ]);
  keyring.close();
});

describe('a plan that takes a ref back', () => {
  /** The target has what dev has; the plan is what `change` makes of its rollback, and the refs stand as it says. */
  async function goneBack(kind: 'roll-forward' | 'reset', change: (plan: Plan) => Plan): Promise<Requested> {
    const path = pipeline.target.path;
    ostree('pull-local', `--repo=${path}`, '--depth=-1', pipeline.source.path, a);
    const requested = await pipeline.approve([a], (plan) => change(rollingBack(pipeline, kind)(plan)));
    await claim(requested);
    const [planned] = requested.plan.refs;
    writeFileSync(join(path, 'refs/heads', a), `${planned?.resultingChecksum}\n`);
    writeCandidate();
    return requested;
  }
  const stray = (tree = `${a}^`) =>
    ostree(
      'commit',
      `--repo=${pipeline.target.path}`,
      '--orphan',
      `--tree=ref=${tree}`,
      '--timestamp=2025-01-01T00:00:00Z',
    ).trim();
  const withRef = (plan: Plan, change: Partial<Plan['refs'][number]>) =>
    ({ ...plan, refs: plan.refs.map((ref) => ({ ...ref, ...change })) }) as Plan;

  test('is signed as the rollback that was approved', async () => {
    const requested = await goneBack('reset', (plan) => plan);
    expect((await client.signSummary(ofRun(requested))).ed25519).toHaveLength(1);
  });

  test.each<[string, RegExp, 'roll-forward' | 'reset', (plan: Plan) => Plan]>([
    [
      'and calls itself a promotion',
      /back in time, and the plan is no rollback/,
      'reset',
      (plan) => ({ ...plan, kind: 'promote' }),
    ],
    [
      'to where it has never been',
      /has never been at/,
      'reset',
      (plan) => {
        const commit = stray();
        return withRef(plan, { sourceChecksum: commit, resultingChecksum: commit });
      },
    ],
  ])('%s is refused, whoever approved it', async (_, message, kind, change) => {
    const requested = await goneBack(kind, change);
    const commit = requested.plan.refs[0]?.resultingChecksum as string;
    for (const ask of [
      () => client.signSummary(ofRun(requested)),
      () => client.signCommit({ ...ofRun(requested), checksum: commit }),
    ]) {
      await expect(ask()).rejects.toMatchObject({ ...refusal, message: expect.stringMatching(message) });
    }
  });
});

test('no secret gets into the log, an answer, the database or the environment', async () => {
  const requested = await publishable();
  const answers = JSON.stringify([
    await client.signSummary(ofRun(requested)),
    await client.listKeys({ stageId: pipeline.target.id }),
    await connectSignerSetup(pipeline.home.signerSetupSocket).listKeys({ stageId: pipeline.target.id }),
    await client.signSummary({ ...ofRun(requested), runId: 'none' }).catch((error: unknown) => String(error)),
  ]);
  const folder = join(pipeline.home.signerDir, 'keys', pipeline.target.id);
  const secret = readFileSync(join(folder, readdirSync(folder)[0] as string), 'utf8').trim();
  const seed = Buffer.from(secret, 'base64').subarray(0, 32);
  const log = readFileSync(join(pipeline.home.signerDir, 'signer.log'));
  const database = Buffer.concat(
    readdirSync(pipeline.home.root)
      .filter((name) => name.startsWith('treeline.db'))
      .map((name) => readFileSync(join(pipeline.home.root, name))),
  );
  for (const place of [Buffer.from(answers), log, database, Buffer.from(JSON.stringify(process.env))]) {
    for (const form of [secret, seed.toString('base64').slice(0, 42), seed.toString('hex'), seed]) {
      expect(place.includes(form)).toBe(false);
    }
  }
});

describe('a plan that takes a ref away', () => {
  /** The candidate lacks the ref, which is still in the repository, as a removal has it. */
  async function removable(change: (plan: Plan) => Plan = (plan) => plan): Promise<Requested> {
    const requested = await pipeline.approve([a], (plan) => change(removing(pipeline)(plan)));
    await claim(requested);
    const repo = openRepo(pipeline.target.path);
    const candidate = buildSummary(repo, { now: new Date(), withoutRefs: new Set([a]) });
    repo.close();
    const folder = join(pipeline.target.path, '.treeline-journal');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'summary'), candidate);
    return requested;
  }

  test('is signed as the removal that was approved', async () => {
    const requested = await removable();
    expect((await client.signSummary(ofRun(requested))).ed25519).toHaveLength(1);
  });

  test.each<[string, RegExp, (plan: Plan) => Plan]>([
    ['and calls itself a promotion', /would be taken away/, (plan) => ({ ...plan, kind: 'promote' }) as Plan],
    [
      'at another head than approved',
      /that was not approved to be removed/,
      (plan) =>
        ({
          ...plan,
          refs: plan.refs.map((ref) => ({
            ...ref,
            sourceChecksum: 'e'.repeat(64),
            expectedChecksum: 'e'.repeat(64),
          })),
        }) as Plan,
    ],
  ])('%s is refused, whoever approved it', async (_, message, change) => {
    const requested = await removable(change);
    await expect(client.signSummary(ofRun(requested))).rejects.toMatchObject({
      ...refusal,
      message: expect.stringMatching(message),
    });
    const checksum = requested.plan.refs[0]?.sourceChecksum as string;
    await expect(client.signCommit({ ...ofRun(requested), checksum })).rejects.toMatchObject(refusal);
  });
});
