import { afterAll, expect, test } from 'vitest';
import { CARELESS_STATES_MAX, carelessScenario } from './fixtures/careless';
import { cutPower } from './fixtures/power-loss';
import { scenarios } from './fixtures/scenarios';

const STATES_MAX = 1500;
const STATES_MIN = 10_000;
const seed = Number(process.env.TREELINE_POWER_LOSS_SEED ?? 20_261_125);
console.log(`power-loss seed ${seed}`);

let total = 0;

test.each(scenarios)(
  '$name: a power cut at any moment leaves a target that the next run recovers',
  async (scenario) => {
    const result = await cutPower(scenario, { seed, statesMax: STATES_MAX });
    total += result.states;
    console.log(scenario.name, JSON.stringify(result));
    expect(result.states).toBeGreaterThan(5);
  },
);

test.each([
  ['pull by copy', /^syncfs$/],
  ['pull by link', /^syncfs$/],
  ['merge of commitmeta', /^fsync$/],
  ['commit', /^syncfs$/],
] as const)('%s without %s: the model finds that it is missing', async (name, missing) => {
  const cut = cutPower(carelessScenario(name, missing), { seed, statesMax: CARELESS_STATES_MAX });
  await expect(cut).rejects.toThrow(/power cut after/);
});

afterAll(() => {
  console.log(`${total} states after a power cut`);
  expect(total).toBeGreaterThanOrEqual(STATES_MIN);
});
