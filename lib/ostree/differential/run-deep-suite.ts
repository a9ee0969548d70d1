import { expect } from 'vitest';
import { buildTreeline, treelineAt } from '../../cli/testing/run-treeline';
import { checkProcess } from './check-process';
import { runSuite } from './run-suite';

/** As much as one of the files makes that share the deep suite, and so the cores: a thousand in all. */
const RUNS = 500;

/** Makes repositories from `seed` on with all their checks, and one `treeline repo` command of each as a process. */
export async function runDeepSuite(seed: number): Promise<void> {
  const script = await buildTreeline();
  const command = { script, run: treelineAt(script) };
  const counts = await runSuite({ runs: RUNS, seed, alsoCheck: (made) => checkProcess(made, command) });
  for (const [name, count] of Object.entries(counts)) expect(count, name).toBeGreaterThan(0);
}
