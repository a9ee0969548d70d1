import { afterAll, beforeAll, describe, test } from 'vitest';
import { holdWriteLock } from '../db/testing/hold-write-lock';
import { type Cell, hasJournal, killMatrix, OTHER_WORK, PROMOTION } from './testing/kill-matrix';
import { until } from './testing/worker-process';
import { secondsMax } from './testing/worker-suite';

const matrix = killMatrix();

function begin(): void {
  beforeAll(() => matrix.begin({ provider: 'sqlite' }));
  afterAll(() => matrix.end());
}

/**
 * SQLite is no process that could be killed: its code dies with the worker and with the web. What can be lost is the right
 * to write: another writer has it here for longer than anybody waits, until the worker has said so, or is done.
 */
function lockDatabase(cell: Cell): Promise<void> {
  const { pipeline } = matrix;
  return matrix.disturb(cell, ({ requested, goOn, output }) =>
    holdWriteLock(pipeline.databaseUrl, async () => {
      goOn();
      await until(
        () => `the worker to find the database locked, or to be done: ${output()}`,
        async () =>
          output().includes('the database is busy') ||
          (!hasJournal(pipeline) && (await cell.work.isOnRecord(pipeline, requested))),
        secondsMax,
      );
    }),
  );
}

// The worker is killed in crash-points.deep.test.ts.
describe('a promotion', () => {
  const work = PROMOTION;
  begin();

  test.each(work.points)('the database is locked at %s', (point) => lockDatabase({ work, point }));
  test.each(work.points)('the signer is killed at %s', (point) => matrix.killSigner({ work, point }));
  test.each(work.points)('the web is killed at %s', (point) => matrix.killWeb({ work, point }));
});

// The worker is killed in rollback-crash.deep.test.ts and removal-crash.deep.test.ts.
for (const work of OTHER_WORK) {
  describe(work.what, () => {
    begin();

    test.each(work.points)('the database is locked at %s', (point) => lockDatabase({ work, point }));
    test.each(work.signing)('the signer is killed at %s', (point) => matrix.killSigner({ work, point }));
  });
}
