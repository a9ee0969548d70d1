import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ProcessSpec, startNodeProcess, superviseProcesses } from './supervise';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'treeline-supervise-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const logger = pino({ level: 'silent' });
const spec = (name: string, script: string): ProcessSpec => ({
  name,
  start: () =>
    startNodeProcess({ args: ['-e', script], env: process.env, logPath: join(folder, `${name}.log`) }),
});
const readLog = (name: string) => readFileSync(join(folder, `${name}.log`), 'utf8');

/** Waits for a condition that another process makes true. */
async function until(isTrue: () => boolean): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!isTrue()) {
    if (performance.now() > deadline) throw new Error('it did not come');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function hasLines(name: string, count: number): boolean {
  try {
    return readLog(name).split('\n').length > count;
  } catch {
    return false;
  }
}

test('a process that crashes is started again, the others run on', async () => {
  const controller = new AbortController();
  const running = superviseProcesses(
    [
      spec('crashing', 'console.log(process.pid); process.exit(3)'),
      spec('steady', 'console.log(process.pid); setInterval(() => {}, 1000)'),
    ],
    { logger, signal: controller.signal },
  );
  await until(() => hasLines('crashing', 2) && hasLines('steady', 1));
  controller.abort();
  await running;
  expect(new Set(readLog('crashing').trim().split('\n')).size).toBeGreaterThanOrEqual(2);
  expect(readLog('steady').trim().split('\n')).toHaveLength(1);
});

test('a process that ignores SIGTERM is killed after the grace', async () => {
  const controller = new AbortController();
  const running = superviseProcesses(
    [
      spec(
        'stubborn',
        "process.on('SIGTERM', () => console.log('no')); console.log(process.pid); setInterval(() => {}, 1000)",
      ),
    ],
    { logger, signal: controller.signal, graceMilliseconds: 300 },
  );
  await until(() => hasLines('stubborn', 1));
  const pid = Number(readLog('stubborn').split('\n')[0]);
  controller.abort();
  await running;
  expect(readLog('stubborn')).toContain('no');
  expect(() => process.kill(pid, 0)).toThrow();
});

test('an abort before the start starts nothing', async () => {
  const controller = new AbortController();
  controller.abort();
  await superviseProcesses([spec('never', 'console.log(1)')], { logger, signal: controller.signal });
  expect(hasLines('never', 0)).toBe(false);
});
