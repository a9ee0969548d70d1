import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { inTransaction, openDatabase } from '../db/client';
import { sqliteUrl } from '../db/database-url';
import { applyMigrations } from '../db/migrate';
import { type PostgresServer, startPostgres } from '../db/testing/postgres-server';
import { findPackageRoot } from '../package-root';
import type { FaultPoint } from './fault-point';
import { POINTS_AFTER, POINTS_BEFORE } from './testing/describe-deaths';
import { expectPublishedOnce } from './testing/invariants';
import { makePipeline, type Pipeline } from './testing/pipeline';
import { standsStill, until } from './testing/worker-process';
import { workerSuite } from './testing/worker-suite';

/** Every point of a run, in order. */
const points = [...POINTS_BEFORE, ...POINTS_AFTER];
const suite = workerSuite();
let signer: ChildProcess | null = null;

/** The signer as `treeline signer`, a process of its own that can be killed. */
async function startSigner({ home, databaseUrl }: Pipeline): Promise<void> {
  const program = join(findPackageRoot(), 'dist/treeline.js');
  const child = spawn(process.execPath, [program, 'signer'], {
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      TREELINE_HOME: home.root,
      DATABASE_URL: databaseUrl,
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  signer = child;
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  await until(
    () => `the signer: ${said}`,
    async () => said.includes('"ready"'),
  );
}

async function endSigner(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
  if (signer === null || signer.exitCode !== null || signer.signalCode !== null) return;
  const ended = once(signer, 'exit');
  signer.kill(signal);
  await ended;
}

/** Before the commit point a run waits for its signer for some seconds only, past it for as long as it takes. */
async function killSigner(point: FaultPoint, goOn: () => void): Promise<void> {
  await endSigner('SIGKILL');
  if (points.indexOf(point) >= points.indexOf('refs-renamed')) goOn();
  await startSigner(suite.pipeline);
}

/** A worker stands still at `point`; what `disturb` does happens then, and it goes on. The run is finished once. */
async function disturbAt(point: FaultPoint, disturb: (goOn: () => void) => Promise<void>): Promise<void> {
  const requested = await suite.nextRelease(point);
  const worker = suite.start({ TREELINE_PAUSE: point });
  await standsStill(worker);
  await disturb(() => worker.child.kill('SIGCONT'));
  worker.child.kill('SIGCONT');
  expect((await suite.ended(requested)).state, worker.output()).toBe('published');
  await worker.stop();
  // A worker that was told to stop may have left the end to the next one.
  await suite.finish(requested);
  await expectPublishedOnce(suite.pipeline, requested);
}

async function begin(databaseUrl: string): Promise<void> {
  suite.pipeline = await makePipeline({
    refs: ['os/amd64/main', 'os/arm64/main'],
    fileCount: 5,
    overlapSeconds: 1,
    databaseUrl,
    provider: databaseUrl.startsWith('postgres') ? 'postgresql' : 'sqlite',
  });
  await startSigner(suite.pipeline);
  const requested = await suite.pipeline.approve(suite.pipeline.refs);
  await suite.finish(requested);
}

describe('on PostgreSQL', () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres({ isDurable: true });
    await server.query('CREATE DATABASE matrix');
    await applyMigrations(server.urlOf('matrix'));
    await begin(server.urlOf('matrix'));
  });
  afterAll(async () => {
    await endSigner('SIGTERM');
    await suite.pipeline.close();
    await server.close();
  });

  test.each(points)('the worker is killed at %s', async (point) => {
    const requested = await suite.nextRelease(point);
    await suite.killAt({ TREELINE_FAULT: point });
    await suite.finish(requested);
    await expectPublishedOnce(suite.pipeline, requested);
  });

  test.each(points)('the database is killed at %s, and is away for a while', async (point) => {
    await disturbAt(point, async (goOn) => {
      await server.kill();
      goOn();
      await sleep(1500);
      await server.restart();
    });
  });

  test.each(points)('the signer is killed at %s, and started again', async (point) => {
    await disturbAt(point, (goOn) => killSigner(point, goOn));
  });
});

describe('on SQLite', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'treeline-matrix-'));
    const url = sqliteUrl(join(folder, 'treeline.db'));
    await applyMigrations(url);
    await begin(url);
  });
  afterAll(async () => {
    await endSigner('SIGTERM');
    await suite.pipeline.close();
    rmSync(folder, { recursive: true, force: true });
  });

  // A worker that is killed is in crash-points.deep.test.ts; of the signer those points where a signature is about to be asked for.
  test.each<FaultPoint>(['verify-done', 'refs-journaled', 'candidate-written', 'summary-signed'])(
    'the signer is killed at %s, and started again',
    async (point) => {
      await disturbAt(point, (goOn) => killSigner(point, goOn));
    },
  );

  // Longer than the busy timeout: the worker finds the database locked, and goes forward without it past the commit point.
  test.each<FaultPoint>(['pull-done', 'refs-renamed', 'signatures-journaled', 'probed'])(
    'the database is locked by another writer from %s on, for long',
    async (point) => {
      await disturbAt(point, async (goOn) => {
        const other = openDatabase({ url: suite.pipeline.databaseUrl });
        await inTransaction(other, async (tx) => {
          await tx.setting.count();
          goOn();
          await sleep(12_000);
        });
        await other.$disconnect();
      });
    },
  );
});
