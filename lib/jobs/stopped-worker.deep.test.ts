import { rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stalledSince } from '../promotion/stalled-run';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import { expectFencedOff, stopPastItsLease, tryToTakeUp } from './testing/stopped-worker';
import { standsStill, until } from './testing/worker-process';
import { suiteTimeout, workerSuite } from './testing/worker-suite';

const suite = workerSuite();

describe('a worker that is stopped past its lease', suiteTimeout, () => {
  test('keeps the lock: nobody takes its run, a person is told, and it goes on', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve(pipeline.refs);
    const stopped = await stopPastItsLease(suite, requested, 'refs-journaled');
    const was = lookAt(pipeline.target);
    expect(await tryToTakeUp(suite, requested)).toBe(false);
    expect(lookAt(pipeline.target)).toEqual(was);
    const run = await pipeline.db.run.findUniqueOrThrow({ where: { id: requested.runId } });
    expect(stalledSince(run, new Date())).not.toBeNull();
    expect(run).toMatchObject({ leaseOwner: 'stopped', fencingToken: 1, state: 'running' });

    stopped.child.kill('SIGCONT');
    expect((await suite.ended(requested)).state).toBe('published');
    await stopped.stop();
    await expectPublishedOnce(pipeline, requested);
    expect((await suite.ended(requested)).runs[0]?.fencingToken).toBe(1);
  });
});

describe('a worker that is stopped', suiteTimeout, () => {
  test('before its first rename writes nothing more where another has the run by then', async () => {
    await suite.begin({ provider: 'postgresql' });
    await expectFencedOff(suite, await suite.pipeline.approve(suite.pipeline.refs), 'journal-written');
  });

  test('between two files of a publication writes neither the other nor anything else', async () => {
    await suite.begin({ overlapSeconds: 1 });
    const { pipeline } = suite;
    await suite.finish(await pipeline.approve(pipeline.refs));
    for (const ref of pipeline.refs) pipeline.commit(ref, { 'etc/version': '3' });
    await expectFencedOff(suite, await pipeline.approve(pipeline.refs), 'publish-1');
  });

  test('and is killed then leaves the run to the next, who finishes it once', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve(pipeline.refs);
    const stopped = await stopPastItsLease(suite, requested, 'pull-done');
    stopped.child.kill('SIGKILL');
    await stopped.ended;
    await suite.finish(requested);
    await expectPublishedOnce(pipeline, requested);
  });
});

describe('a worker that is told to stop', suiteTimeout, () => {
  test('while it waits for a signer that never answers hands the run over at once', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const path = join(pipeline.root, 'mute.sock');
    const sockets = new Set<{ destroy(): void }>();
    const mute = createServer((socket) => sockets.add(socket)).listen(path);
    const requested = await pipeline.approve(pipeline.refs);
    // The signer answers until the refs have moved, and then never again.
    const worker = suite.start({ TREELINE_PAUSE: 'refs-journaled', TEST_SIGNER_TIMEOUT: '600000' });
    await standsStill(worker);
    await suite.signer?.close();
    suite.signer = null;
    replaceSocket(pipeline.home.signerSocket, path);
    worker.child.kill('SIGCONT');
    await until(worker.output, async () => sockets.size > 0);

    worker.child.kill('SIGTERM');
    expect(await worker.ended, worker.output()).toBe(0);
    const run = await pipeline.db.run.findUniqueOrThrow({ where: { id: requested.runId } });
    expect(run).toMatchObject({ state: 'running', leaseOwner: null, errorCode: null });
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => mute.close(resolve));
    rmSync(pipeline.home.signerSocket);
    suite.signer = await pipeline.startSigner();
    await suite.finish(requested);
    await expectPublishedOnce(pipeline, requested);
  });
});

/** What listened at `path` listens no more, and what listens at `other` does so there. */
function replaceSocket(path: string, other: string): void {
  rmSync(path, { force: true });
  symlinkSync(other, path);
}
