import { beforeAll, expect, test } from 'vitest';
import { buildTreeline } from '../../cli/testing/run-treeline';
import { commandScenarios } from './fixtures/command-scenarios';
import { failEverySync, killAtEveryCall } from './fixtures/kill-points';

let program: string;
beforeAll(async () => {
  program = await buildTreeline();
});

/** Every point, and not a sample of them, in `system-calls.deep.test.ts`. */
const SAMPLES = 2;
const { pull } = commandScenarios;

test('the command is killed at a call of the kernel’s: the target is valid, the next run completes it', async () => {
  const { faults, states } = await killAtEveryCall(program, pull, { samples: SAMPLES });
  expect(faults).toBeGreaterThan(0);
  expect(states).toBeGreaterThan(1);
}, 120_000);

test('a sync that fails ends a pull, and is not tried again', async () => {
  const { points, faults } = await failEverySync(program, pull, { samples: 2 });
  expect(points).toBeGreaterThan(1);
  expect(faults).toBeGreaterThan(1);
}, 120_000);
