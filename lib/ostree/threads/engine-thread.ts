import { parentPort } from 'node:worker_threads';
import { importBatch } from '../pull/import-batch';
import { Pacer } from '../pull/pacer';
import { checkObjects } from '../repo/check-objects';
import { unpackBatch } from '../repo/object-batch';
import { repoOfHandle } from './repo-handle';
import { sendableError } from './thread-error';
import type { ThreadJob } from './thread-job';
import type { ThreadAnswer } from './thread-pool';

/** A thread has nothing else to do, and stops between jobs. */
const pacer = new Pacer({});

async function run(job: ThreadJob): Promise<unknown> {
  switch (job.kind) {
    case 'import': {
      const { source, target, verifyObjects, batch } = job;
      return importBatch(
        { source: repoOfHandle(source), target: repoOfHandle(target), verifyObjects, pacer, isLinking: true },
        unpackBatch(batch),
      );
    }
    case 'check':
      return checkObjects(repoOfHandle(job.repo), unpackBatch(job.batch), job.isQuick);
  }
}

let last: Promise<void> = Promise.resolve();

async function answer({ id, job }: { id: number; job: ThreadJob }): Promise<void> {
  let sent: ThreadAnswer;
  try {
    sent = { id, result: await run(job) };
  } catch (error) {
    sent = { id, error: sendableError(error) };
  }
  parentPort?.postMessage(sent);
}

parentPort?.on('message', (message) => {
  last = last.then(() => answer(message));
});
