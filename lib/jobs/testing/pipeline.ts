import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../clock';
import { APPROVAL_EXPIRY_HOURS_DEFAULT } from '../../contracts/policy';
import type { Plan } from '../../contracts/promotion';
import { type Database, openDatabase } from '../../db/client';
import { type Provider, parseDatabaseUrl } from '../../db/database-url';
import { enqueueRun } from '../../db/run';
import { type DatabasePlace, makePlace, usualProvider } from '../../db/testing/fresh-database';
import { createHome, type Home } from '../../home';
import { runOstree } from '../../ostree/fixtures/run-ostree';
import { parseChecksum } from '../../ostree/format/checksum';
import { openRepo } from '../../ostree/repo/open-repo';
import { readCommit } from '../../ostree/repo/read-commit';
import { planChecksum, planJson } from '../../promotion/plan-checksum';
import { type RunningSigner, runSigner } from '../../signer/run-signer';
import { connectSignerSetup } from '../../signer/setup-client';
import { makeOnce } from '../../testing/make-once';
import { runInShell } from '../../testing/run-in-shell';

/** Two stages with an edge, real repositories made by `ostree`, a database, people, and keys in a signer. */
export interface Pipeline {
  root: string;
  home: Home;
  db: Database;
  databaseUrl: string;
  source: Stage;
  target: Stage;
  edgeId: string;
  refs: string[];
  /** Starts the signer on the home's sockets. */
  startSigner(): Promise<RunningSigner>;
  /** Commits `files` on top of what the ref of the source has, as `ostree commit` does. */
  commit(ref: string, files: Record<string, string>, options?: { timestamp?: string }): string;
  /** A promotion of these refs with an approval by the reviewer, now unless told when (null: none), and its first run queued. */
  approve(
    refs: readonly string[],
    change?: (plan: Plan) => Plan,
    approvedAt?: Date | null,
  ): Promise<Requested>;
  /** Another run of a promotion that ended, as a retry with the same plan makes it. */
  retry(promotionId: string): Promise<string>;
  headOf(stage: Stage, ref: string): string | null;
  close(): Promise<void>;
}

export interface Stage {
  id: string;
  name: string;
  path: string;
  publicKeys: { ed25519: string | null; gpg: string | null; gpgFingerprint: string | null };
}

export interface Requested {
  promotionId: string;
  number: number;
  runId: string;
  plan: Plan;
}

export interface PipelineOptions {
  provider?: Provider;
  /** Another place for the database than the usual ones. */
  databaseUrl?: string;
  refs?: string[];
  hasGpg?: boolean;
  hasEd25519?: boolean;
  collectionId?: string;
  mode?: 'identity' | 'recommit';
  overlapSeconds?: number;
  /** Files of each commit beside the ones given. */
  fileCount?: number;
}

export { runOstree as ostree };

/** Where an object of a repository lies. */
export function objectOf(repoPath: string, checksum: string, extension: string): string {
  return join(repoPath, 'objects', checksum.slice(0, 2), `${checksum.slice(2)}.${extension}`);
}

export async function makePipeline(options: PipelineOptions = {}): Promise<Pipeline> {
  const {
    refs = ['os/amd64/main'],
    hasGpg = false,
    hasEd25519 = true,
    collectionId,
    fileCount = 20,
    provider = usualProvider,
  } = options;
  const root = mkdtempSync(join(tmpdir(), 'treeline-jobs-'));
  const home = createHome(join(root, 'home'));
  const place = await placeOf(provider, home, options.databaseUrl);
  const address = parseDatabaseUrl(place.url);
  const db = openDatabase({ url: place.url });
  await copyRepositories(root, { refs, fileCount, collectionId });
  const paths = ['dev', 'production'].map((name) => join(root, name));
  const commit: Pipeline['commit'] = (ref, files, about) => commitFiles(root, ref, files, about);
  const now = new Date();
  for (const [name, role] of [
    ['manager', 'release-manager'],
    ['reviewer', 'reviewer'],
  ] as const) {
    await db.person.create({
      data: {
        id: name,
        name,
        displayName: name,
        role,
        passwordHash: '-',
        mustChangePassword: false,
        createdAt: now,
      },
    });
  }
  const stages: Stage[] = [];
  for (const [position, name] of ['dev', 'production'].entries()) {
    stages.push(await insertStage(db, { name, position, path: paths[position] as string, ...options }));
  }
  const [source, target] = stages as [Stage, Stage];
  for (const ref of refs) {
    await db.ledgerRef.create({
      data: {
        id: randomUUID(),
        stageId: target.id,
        ref,
        checksum: headOf(target, ref) as string,
        origin: 'adopted',
        recordedAt: now,
      },
    });
  }
  const edge = await db.edge.create({
    data: {
      id: randomUUID(),
      fromStageId: source.id,
      toStageId: target.id,
      mode: options.mode ?? 'identity',
      refGlobs: '["**"]',
      createdAt: now,
    },
  });
  const startSigner = () =>
    runSigner({
      db,
      ...(address.provider === 'sqlite' && { databasePath: address.path }),
      clock: systemClock,
      signerDir: home.signerDir,
      socketPath: home.signerSocket,
      setupSocketPath: home.signerSetupSocket,
    });
  await makeKeys({ db, home, target, startSigner, hasGpg, hasEd25519 });

  let number = 0;
  const pipeline: Pipeline = {
    root,
    home,
    db,
    databaseUrl: place.url,
    source,
    target,
    edgeId: edge.id,
    refs,
    startSigner,
    commit,
    headOf,
    async approve(wanted, change = (plan) => plan, approvedAt = new Date()) {
      number += 1;
      const plan = change(planOf({ edge, source, target, refs: wanted }));
      const promotionId = randomUUID();
      await db.$transaction(async (tx) => {
        await tx.promotion.create({
          data: {
            id: promotionId,
            number,
            edgeId: edge.id,
            requesterId: 'manager',
            reason: 'because',
            state: 'approved',
            planJson: planJson(plan),
            planChecksum: planChecksum(plan),
            factsJson: JSON.stringify({ takenAt: now.toISOString(), refs: [], checks: [] }),
            createdAt: new Date(),
            decidedAt: new Date(),
            ...(approvedAt !== null && {
              approvals: {
                create: {
                  id: randomUUID(),
                  reviewerId: 'reviewer',
                  decision: 'approve',
                  planChecksum: planChecksum(plan),
                  comment: '',
                  createdAt: approvedAt,
                },
              },
            }),
            refs: {
              create: plan.refs.map(
                ({ sourceRef, targetRef, sourceChecksum, expectedChecksum, resultingChecksum }) => ({
                  id: randomUUID(),
                  sourceRef,
                  targetRef,
                  sourceChecksum,
                  expectedChecksum,
                  resultingChecksum,
                }),
              ),
            },
          },
        });
        await enqueueRun(tx, promotionId, new Date());
      });
      const run = await db.run.findFirstOrThrow({ where: { promotionId } });
      return { promotionId, number, runId: run.id, plan };
    },
    async retry(promotionId) {
      await db.$transaction(async (tx) => {
        await tx.promotion.update({ where: { id: promotionId }, data: { state: 'approved', endedAt: null } });
        await enqueueRun(tx, promotionId, new Date());
      });
      const run = await db.run.findFirstOrThrow({ where: { promotionId, state: 'queued' } });
      return run.id;
    },
    async close() {
      await db.$disconnect();
      await place.close();
      rmSync(root, { recursive: true, force: true });
    },
  };
  return pipeline;
}

interface RepositoriesOf {
  refs: readonly string[];
  fileCount: number;
  collectionId: string | undefined;
}

/** Puts `dev` and `production` into the folder, dev one commit ahead: made by `ostree` once, and copied. */
async function copyRepositories(root: string, of: RepositoriesOf): Promise<void> {
  const options = createHash('sha256').update(JSON.stringify(of)).digest('hex').slice(0, 16);
  const made = await makeOnce(`repositories-${options}`, (folder) => makeRepositories(folder, of));
  runInShell('cp', ['-a', `${made}/.`, root]);
}

function makeRepositories(root: string, { refs, fileCount, collectionId }: RepositoriesOf): void {
  const [source, target] = [join(root, 'dev'), join(root, 'production')];
  const collection = collectionId === undefined ? [] : [`--collection-id=${collectionId}`];
  for (const path of [source, target]) runOstree('init', `--repo=${path}`, '--mode=archive', ...collection);
  for (const ref of refs) {
    const files = Object.fromEntries(
      Array.from({ length: fileCount }, (_, at) => [`usr/lib/file-${at}`, `${ref} ${at}`]),
    );
    commitFiles(root, ref, { ...files, 'etc/version': '1' }, { timestamp: '2026-01-01T00:00:00Z' });
  }
  runOstree('pull-local', `--repo=${target}`, source, ...refs);
  for (const ref of refs) {
    commitFiles(root, ref, { 'etc/version': '2' }, { timestamp: '2026-02-01T00:00:00Z' });
  }
}

/** Commits the files on top of what the tree of the ref has. */
function commitFiles(
  root: string,
  ref: string,
  files: Readonly<Record<string, string>>,
  { timestamp }: { timestamp?: string } = {},
): string {
  const tree = join(root, 'tree', ref);
  mkdirSync(join(tree, 'usr/lib'), { recursive: true });
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(tree, path, '..'), { recursive: true });
    writeFileSync(join(tree, path), text);
  }
  const args = [`--branch=${ref}`, `--tree=dir=${tree}`, '--subject=release', '--canonical-permissions'];
  if (timestamp) args.push(`--timestamp=${timestamp}`);
  return runOstree('commit', `--repo=${join(root, 'dev')}`, ...args).trim();
}

function placeOf(provider: Provider, home: Home, url: string | undefined): Promise<DatabasePlace> {
  if (url !== undefined) return Promise.resolve({ url, close: async () => undefined });
  return makePlace(provider, { isMigrated: true, path: home.databasePath });
}

function headOf(stage: Stage, ref: string): string | null {
  try {
    return readFileSync(join(stage.path, 'refs/heads', ref), 'utf8').trim();
  } catch {
    return null;
  }
}

async function insertStage(
  db: Database,
  stage: { name: string; position: number; path: string; collectionId?: string; overlapSeconds?: number },
): Promise<Stage> {
  const { dev, ino } = statSync(stage.path, { bigint: true });
  const id = randomUUID();
  await db.stage.create({
    data: {
      id,
      name: stage.name,
      position: stage.position,
      repoPath: stage.path,
      repoDev: String(dev),
      repoIno: String(ino),
      collectionId: stage.collectionId ?? null,
      overlapSeconds: stage.name === 'production' ? (stage.overlapSeconds ?? 0) : 0,
      createdAt: new Date(),
    },
  });
  return {
    id,
    name: stage.name,
    path: stage.path,
    publicKeys: { ed25519: null, gpg: null, gpgFingerprint: null },
  };
}

async function makeKeys(of: {
  db: Database;
  home: Home;
  target: Stage;
  startSigner: () => Promise<RunningSigner>;
  hasGpg: boolean;
  hasEd25519: boolean;
}): Promise<void> {
  const { db, home, target } = of;
  const signer = await of.startSigner();
  try {
    const setup = connectSignerSetup(home.signerSetupSocket);
    const types = [...(of.hasEd25519 ? ['ed25519' as const] : []), ...(of.hasGpg ? ['gpg' as const] : [])];
    for (const type of types) {
      const key = await setup.generateKey({ stageId: target.id, type, label: target.name });
      target.publicKeys[type] = key.publicKey;
      if (type === 'gpg') target.publicKeys.gpgFingerprint = key.keyId;
      const { keyId, publicKey } = key;
      const row = {
        id: randomUUID(),
        stageId: target.id,
        type,
        keyId,
        publicKey,
        purpose: 'sign',
        createdAt: new Date(),
      };
      await db.stageKey.create({ data: row });
    }
  } finally {
    await signer.close();
  }
}

function planOf(of: { edge: { id: string }; source: Stage; target: Stage; refs: readonly string[] }): Plan {
  const repo = openRepo(of.source.path);
  try {
    return {
      version: 2,
      edge: { id: of.edge.id, from: of.source.name, to: of.target.name },
      policyVersion: 1,
      kind: 'promote',
      mode: 'identity',
      approval: {
        rules: [{ group: null, required: 1, people: null }],
        expiryHours: APPROVAL_EXPIRY_HOURS_DEFAULT,
        isShared: false,
      },
      verifyObjects: true,
      requireSourceHead: false,
      refs: of.refs.map((ref) => {
        const sourceChecksum = headOf(of.source, ref) as string;
        return {
          sourceRef: ref,
          targetRef: ref,
          sourceChecksum,
          contentChecksum: readCommit(repo, parseChecksum(sourceChecksum)).contentChecksum,
          expectedChecksum: headOf(of.target, ref),
          resultingChecksum: sourceChecksum,
          timestamp: null,
        };
      }),
    };
  } finally {
    repo.close();
  }
}

/** When an approval was given that has expired by now. */
export function longAgo(): Date {
  return new Date(Date.now() - (APPROVAL_EXPIRY_HOURS_DEFAULT + 1) * 3_600_000);
}

/** Lets these people publish without approval along the edge, and makes the plan one that they asked for so. */
export async function breakingGlass(
  { db, edgeId }: Pipeline,
  people: string[],
): Promise<(plan: Plan) => Plan> {
  const at = new Date();
  await db.group.upsert({
    where: { id: 'oncall' },
    create: { id: 'oncall', name: 'oncall', createdAt: at },
    update: {},
  });
  for (const personId of people)
    await db.groupMember.create({ data: { groupId: 'oncall', personId, addedAt: at } });
  await db.edge.update({ where: { id: edgeId }, data: { emergencyGroupId: 'oncall' } });
  const emergency = { groupId: 'oncall', group: 'oncall', people, reviewHours: 24 };
  return (plan) => (plan.version === 1 ? plan : { ...plan, emergency });
}

/** Makes the plan ask for one of a group in which these people were when it was fixed. */
export function askingGroup(group: string, people: string[]): (plan: Plan) => Plan {
  return (plan) =>
    plan.version === 1
      ? plan
      : { ...plan, approval: { ...plan.approval, rules: [{ group, required: 1, people }] } };
}

/** Declares the approval of a promotion void. */
export async function voidApproval({ db }: Pipeline, promotionId: string): Promise<void> {
  const { id: approvalId } = await db.approval.findFirstOrThrow({ where: { promotionId } });
  await db.approvalVoid.create({ data: { approvalId, why: 'because', at: new Date() } });
}
