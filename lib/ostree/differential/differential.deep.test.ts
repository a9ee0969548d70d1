import { beforeAll, expect, test } from 'vitest';
import { buildTreeline, treelineAt } from '../../cli/testing/run-treeline';
import { checkProcess } from './check-process';
import { runSuite } from './run-suite';

let script: string;
beforeAll(async () => {
  script = await buildTreeline();
});

test('on 200 more random repositories, each with one command as a process', {
  timeout: 4 * 3_600_000,
}, async () => {
  const command = { script, run: treelineAt(script) };
  const counts = await runSuite({
    runs: 200,
    seed: 20_261_126,
    alsoCheck: (made) => checkProcess(made, command),
  });
  for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThan(0);
});
