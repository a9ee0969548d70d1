import { expect, test } from 'vitest';
import { deafFs } from '../fixtures/faulty-fs';
import { cutPower } from './fixtures/power-loss';
import type { Scenario } from './fixtures/scenario';
import { scenarios } from './fixtures/scenarios';

/** Of each operation; `power-loss.deep.test.ts` looks at many times as many. */
const STATES_MAX = 5;
/** Seconds on a machine of its own. */
const TIMEOUT_MILLISECONDS = 240_000;
const seed = Number(process.env.TREELINE_POWER_LOSS_SEED ?? 20_261_125);
console.log(`power-loss seed ${seed}`);

test.each(scenarios)(
  '$name: a power cut at any moment leaves a target that the next run recovers',
  async (scenario) => {
    const { states } = await cutPower(scenario, { seed, statesMax: STATES_MAX });
    expect(states).toBeGreaterThan(2);
  },
  TIMEOUT_MILLISECONDS,
);

test.each([
  ['ref write', /^fsync$/],
  ['pull by link', /^syncfs$/],
] as const)(
  '%s without %s: the model finds that it is missing',
  async (name, missing) => {
    const scenario = scenarios.find((one) => one.name === name) as Scenario;
    const careless = {
      ...scenario,
      run: (world, fs) => scenario.run(world, deafFs(fs, missing)),
    } satisfies Scenario;
    await expect(cutPower(careless, { seed, statesMax: 300 })).rejects.toThrow(/power cut after/);
  },
  TIMEOUT_MILLISECONDS,
);
