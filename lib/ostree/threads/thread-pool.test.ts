import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { temporaryDirectory } from '../fixtures/temporary-directory';

const folder = temporaryDirectory();
const program = join(folder, 'thread.cjs');
const log = join(folder, 'log');
// Does what each job says, and says what it was asked for.
writeFileSync(
  program,
  `const { appendFileSync } = require('node:fs');
  const { parentPort } = require('node:worker_threads');
  parentPort.on('message', async ({ id, job }) => {
    if (job.log) appendFileSync(job.log, 'begun ');
    if (job.wait) await new Promise((resolve) => setTimeout(resolve, job.wait));
    if (job.exit !== undefined) process.exit(job.exit);
    if (job.crash) throw new Error(job.crash);
    const error = job.fail && { kind: 'system', message: job.fail, code: 'EIO' };
    if (job.log) appendFileSync(job.log, 'ended ');
    parentPort.postMessage(error ? { id, error } : { id, result: job.name });
    if (job.exitAfter !== undefined) process.exit(job.exitAfter);
  });`,
);

interface Job {
  name: string;
  log?: string;
  wait?: number;
  fail?: string;
  exit?: number;
  exitAfter?: number;
  crash?: string;
}

// Modules of this test's own: a process has one pool, whose threads run what the first test that asked wanted.
let pool: typeof import('./thread-pool');
let enable: typeof import('./thread-program').enableThreads;
beforeEach(async () => {
  vi.resetModules();
  pool = await import('./thread-pool');
  ({ enableThreads: enable } = await import('./thread-program'));
  enable(() => pathToFileURL(program));
});
afterEach(async () => {
  await expect(
    pool.runInThreads(
      Array.from({ length: 16 }, () => ({ name: 'end', exit: 0 })),
      () => undefined,
    ),
  ).rejects.toThrow('a thread of the engine ended with 0');
  vi.resetModules();
});

function named(count: number, job: Partial<Job> = {}): Job[] {
  return Array.from({ length: count }, (_, index) => ({ name: String(index), ...job }));
}

test('every job is done once, and its taker told which it was', async () => {
  const took: string[] = [];
  await pool.runInThreads(named(40), (result, job) => {
    expect(result).toBe(job.name);
    took.push(job.name);
  });
  expect(took.sort((a, b) => Number(a) - Number(b))).toEqual(named(40).map(({ name }) => name));
});

test('no job begins after a failure, and those that were begun are waited for', async () => {
  writeFileSync(log, '');
  const jobs = named(100, { log, wait: 50 }).map((job, index) =>
    index === 1 ? { ...job, wait: 1, fail: 'the disk is broken' } : job,
  );
  await expect(pool.runInThreads(jobs, () => undefined)).rejects.toMatchObject({
    message: 'the disk is broken',
    code: 'EIO',
  });
  const said = readFileSync(log, 'utf8');
  const count = (word: string) => said.split(' ').filter((each) => each === word).length;
  expect(count('begun')).toBe(count('ended'));
  expect(count('begun')).toBeLessThan(40);
  await pause(150);
  expect(readFileSync(log, 'utf8')).toBe(said);
});

test('whoever takes a result may stop the work', async () => {
  let took = 0;
  const work = pool.runInThreads(named(100), async () => {
    took++;
    throw new Error('enough');
  });
  await expect(work).rejects.toThrow('enough');
  expect(took).toBeLessThan(40);
});

test.each([
  [{ exit: 3 }, 'a thread of the engine ended with 3'],
  [{ crash: 'out of its mind' }, 'out of its mind'],
])('a thread that dies fails its jobs, and the next work has new ones: %o', async (job, message) => {
  await expect(pool.runInThreads([{ name: 'dies', ...job }], () => undefined)).rejects.toThrow(message);
  const took: unknown[] = [];
  await pool.runInThreads(named(3), (result) => void took.push(result));
  expect(took.sort()).toEqual(['0', '1', '2']);
});

test('a thread that dies between two jobs is given no other', async () => {
  const jobs = named(20).map((job, index) => (index === 0 ? { ...job, wait: 50, exitAfter: 4 } : job));
  // It is gone while the results of all that it was asked are being taken.
  await expect(pool.runInThreads(jobs, () => pause(300))).rejects.toThrow(
    'a thread of the engine ended with 4',
  );
});

test('without a program there are no threads', async () => {
  enable(() => null);
  expect(pool.startThreads()).toBe(false);
  await expect(pool.runInThreads(named(1), () => undefined)).rejects.toThrow('this process has no threads');
  enable(() => pathToFileURL(program));
});
