import { afterAll, beforeAll, describe, test } from 'vitest';
import { applyMigrations } from '../db/migrate';
import { type PostgresServer, startPostgres } from '../db/testing/postgres-server';
import { type Cell, killMatrix, OTHER_WORK, PROMOTION, type Work } from './testing/kill-matrix';
import { until } from './testing/worker-process';
import { secondsMax } from './testing/worker-suite';

const matrix = killMatrix();
let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({ isDurable: true });
});
afterAll(() => server?.close());

/** A database of its own for each kind of work. */
function beginWith({ what }: Work): void {
  beforeAll(async () => {
    await server.query(`CREATE DATABASE "${what}"`);
    const databaseUrl = server.urlOf(encodeURIComponent(what));
    await applyMigrations(databaseUrl);
    await matrix.begin({ databaseUrl, provider: 'postgresql' });
  });
  afterAll(() => matrix.end());
}

/** All of its processes die, and it is away until the worker has gone on so far that it missed it. */
function killDatabase(cell: Cell): Promise<void> {
  return matrix.disturb(cell, async ({ goOn, output }) => {
    await server.kill();
    goOn();
    await until(
      () => `the worker to find the database gone: ${output()}`,
      async () => /can't be reached|does not answer/.test(output()),
      secondsMax,
    );
    await server.restart();
  });
}

describe('a promotion', () => {
  const work = PROMOTION;
  beginWith(work);

  test.each(work.points)('the worker is killed at %s', (point) => matrix.killWorker({ work, point }));
  test.each(work.points)('the database is killed at %s', (point) => killDatabase({ work, point }));
  test.each(work.points)('the signer is killed at %s', (point) => matrix.killSigner({ work, point }));
  test.each(work.points)('the web is killed at %s', (point) => matrix.killWeb({ work, point }));
});

// Of what goes other ways: the signer where it is asked, and the web not, which is only looked at.
for (const work of OTHER_WORK) {
  describe(work.what, () => {
    beginWith(work);

    test.each(work.points)('the worker is killed at %s', (point) => matrix.killWorker({ work, point }));
    test.each(work.points)('the database is killed at %s', (point) => killDatabase({ work, point }));
    test.each(work.signing)('the signer is killed at %s', (point) => matrix.killSigner({ work, point }));
  });
}
