import { beforeAll, expect, test } from 'vitest';
import { buildTreeline } from '../../cli/testing/run-treeline';
import { commandScenarios } from './fixtures/command-scenarios';
import { failEverySync, killAtEveryCall } from './fixtures/kill-points';

let program: string;
beforeAll(async () => {
  program = await buildTreeline();
});

/** Every point, and not a sample of them, in `system-calls.deep.test.ts`. */
const SAMPLES = 4;
const { pull, prune } = commandScenarios;

test('the command is killed at a call of the kernel’s: the target is valid, the next run completes it', async () => {
  const { faults, states } = await killAtEveryCall(program, pull, { samples: SAMPLES });
  expect(faults).toBeGreaterThan(SAMPLES / 2);
  expect(states).toBeGreaterThan(1);
}, 120_000);

test.each([pull, prune])(
  'a sync that fails ends $scenario.name, and is not tried again',
  async (command) => {
    const { points, faults } = await failEverySync(program, command, { samples: 2 });
    expect(points).toBeGreaterThan(1);
    expect(faults).toBeGreaterThan(1);
  },
  120_000,
);
