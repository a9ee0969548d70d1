import { beforeAll, expect, test } from 'vitest';
import { buildTreeline } from '../../cli/testing/run-treeline';
import { commandScenarios } from './fixtures/command-scenarios';
import { failEverySync, killAtEveryCall } from './fixtures/kill-points';

let program: string;
beforeAll(async () => {
  program = await buildTreeline();
});

const all = Object.values(commandScenarios);

test('the command is killed at every call of the kernel’s while it pulls fifty objects (F-01)', async () => {
  const result = await killAtEveryCall(program, commandScenarios.pull);
  console.log('kills', JSON.stringify(result));
  expect(result.faults).toBeGreaterThan(0.95 * result.points);
  expect(result.points).toBeGreaterThan(150);
});

test.each(all)('$scenario.name: every sync fails once, none is tried again (F-04, R-32)', async (command) => {
  const result = await failEverySync(program, command);
  console.log(command.scenario.name, JSON.stringify(result));
  expect(result.faults).toBe(result.points);
});
