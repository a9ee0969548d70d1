import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readSetting } from '../db/setting';
import { takeBackup } from '../db/testing/backup';
import { providers } from '../db/testing/fresh-database';
import { isAppError } from '../errors';
import { openRepo } from '../ostree/repo/open-repo';
import { readLastRun } from '../publish/last-run';
import { findUnknownRun } from './find-unknown-run';
import { readJournal } from './journal';
import { expectPublishedOnce, lookAt, terminalEvents } from './testing/invariants';
import { readPromotion, runToEnd, startLocalWorker } from './testing/local-worker';
import { ostree } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { until } from './testing/worker-process';

const suite = runSuite();

/** What the history says of differences, oldest first. */
async function differences(): Promise<{ unknownPromotion: number | null; refs: { ref: string }[] }[]> {
  const events = await suite.pipeline.db.auditEvent.findMany({
    where: { kind: 'stage.differs' },
    orderBy: { seq: 'asc' },
  });
  return events.map((event) => JSON.parse(event.dataJson));
}

describe.each(providers)('a database restored from a backup, on %s', slow, (provider) => {
  test('runs nothing again, says what differs, and goes on with what is asked anew', async () => {
    await suite.begin({ provider });
    const { pipeline } = suite;
    const { db, target, refs } = pipeline;
    await runToEnd(pipeline, await pipeline.approve(refs));
    for (const ref of refs) pipeline.commit(ref, { 'etc/version': '3' });
    const again = await pipeline.approve(refs);
    await suite.stopSigner();
    const backup = await takeBackup(db, pipeline.databaseUrl);
    await suite.startSigner();
    await runToEnd(pipeline, again);
    await expectPublishedOnce(pipeline, again);
    // The heads are those that the run would replace: nothing but the target's own note tells that it was done.
    for (const { targetRef, expectedChecksum } of again.plan.refs) {
      ostree('reset', `--repo=${target.path}`, targetRef, expectedChecksum as string);
    }
    const was = lookAt(target);
    await suite.stopSigner();
    await backup.restore();
    await suite.startSigner();

    expect((await runToEnd(pipeline, again)).state).toBe('stale');
    expect((await readPromotion(pipeline, again)).runs[0]?.errorMessage).toMatch(
      /^#2 was published in production and is not on record, so the database is older/,
    );
    expect(lookAt(target)).toEqual(was);
    expect(await terminalEvents(pipeline, again)).toEqual(['run.stale']);
    expect(await differences()).toMatchObject([{ unknownPromotion: 2, refs: [] }]);
    expect(await readSetting(db, 'nextPromotionNumber')).toBe('3');

    // What was asked for afterwards is carried out, and then the two agree again.
    const next = pipeline.commit('os/amd64/main', { 'etc/version': '4' });
    await runToEnd(pipeline, await pipeline.approve(['os/amd64/main']));
    expect(pipeline.headOf(target, 'os/amd64/main')).toBe(next);
    const repo = openRepo(target.path);
    expect(readLastRun(repo)?.promotionNumber).toBe(3);
    expect(await findUnknownRun(db, repo)).toBeNull();
    repo.close();
    expect(await differences()).toHaveLength(1);
  });
});

describe('a target that was changed behind Treeline’s back', slow, () => {
  test('is written to the history while a worker runs, once for each change, and when it is put back', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const at = `--repo=${pipeline.target.path}`;
    const workers = [1, 2].map(() => startLocalWorker(pipeline, { lookMilliseconds: 20 }));
    const said = async () =>
      (
        await pipeline.db.auditEvent.findMany({
          where: { kind: { in: ['stage.differs', 'stage.agrees'] } },
          orderBy: { seq: 'asc' },
        })
      ).map(({ dataJson }) => JSON.parse(dataJson).refs?.map(({ ref }: { ref: string }) => ref) ?? []);
    const untilSaid = (count: number) =>
      until(
        () => workers.flatMap((worker) => worker.said).join('\n'),
        async () => (await said()).length === count,
      );
    const head = pipeline.headOf(pipeline.target, 'os/amd64/main') as string;
    ostree('commit', at, '--branch=os/by-hand', '--tree=dir=/etc/apt');
    await untilSaid(1);
    ostree('refs', at, '--delete', 'os/amd64/main');
    await untilSaid(2);
    ostree('refs', at, `--create=os/amd64/main`, head);
    await untilSaid(3);
    ostree('refs', at, '--delete', 'os/by-hand');
    await untilSaid(4);
    // The same once more is said once more.
    ostree('refs', at, '--create=os/by-hand', head);
    await untilSaid(5);
    for (const worker of workers) await worker.stop();
    expect(await said()).toEqual([
      ['os/by-hand'],
      ['os/amd64/main', 'os/by-hand'],
      ['os/by-hand'],
      [],
      ['os/by-hand'],
    ]);
  });
});

describe('a journal', slow, () => {
  test('of a newer format is left alone, and the format is named', async () => {
    await suite.begin();
    const { target } = suite.pipeline;
    const folder = join(target.path, '.treeline-journal');
    mkdirSync(folder);
    const text = JSON.stringify({ version: 3, runId: 'of-tomorrow', steps: [] });
    writeFileSync(join(folder, 'journal.json'), text);
    const repo = openRepo(target.path);
    try {
      readJournal(repo);
      expect.unreachable();
    } catch (error) {
      expect(isAppError(error, 'target-damaged')).toBe(true);
      expect((error as Error).message).toMatch(
        /is of format 3, and this Treeline knows 2; let the newer one finish/,
      );
    } finally {
      repo.close();
    }
    expect(readFileSync(join(folder, 'journal.json'), 'utf8')).toBe(text);
  });
});
