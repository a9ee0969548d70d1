import { describe, expect, test } from 'vitest';
import type { Checksum } from '../ostree/format/checksum';
import { listDeltas } from '../ostree/repo/list-deltas';
import { openRepo } from '../ostree/repo/open-repo';
import { readSummary } from '../ostree/repo/read-summary';
import { expectPublishedOnce } from './testing/invariants';
import { readPromotion, runToEnd } from './testing/local-worker';
import { ostree } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';

const ref = 'os/amd64/main';
const suite = runSuite();

/** A delta in the source from what the target has to what it is to get. @returns its name */
function generate(): string {
  const { source, target, headOf } = suite.pipeline;
  const [from, to] = [headOf(target, ref), headOf(source, ref)];
  ostree('static-delta', 'generate', `--repo=${source.path}`, `--from=${from}`, `--to=${to}`);
  return `${from}-${to}`;
}

function inTarget(): { deltas: string[]; listed: string[] } {
  const repo = openRepo(suite.pipeline.target.path);
  try {
    const entry = readSummary(repo)?.summary.metadata.get('ostree.static-deltas');
    const listed = ((entry?.value ?? []) as [Checksum, unknown][]).map(([name]) => name);
    return { deltas: listDeltas(repo).map(({ name }) => name), listed };
  } finally {
    repo.close();
  }
}

describe('static deltas of a promotion', slow, () => {
  test('come along where nobody signs, and stand in the summary that is published', async () => {
    await suite.begin({ refs: [ref], hasEd25519: false });
    const name = generate();
    const requested = await suite.pipeline.approve([ref]);
    await runToEnd(suite.pipeline, requested);
    expect(inTarget()).toEqual({ deltas: [name], listed: [name] });
    expect(ostree('static-delta', 'list', `--repo=${suite.pipeline.target.path}`).trim()).toBe(name);
  });

  test('stay behind where the commit is signed only now, and the step says so', async () => {
    await suite.begin({ refs: [ref] });
    generate();
    const requested = await suite.pipeline.approve([ref]);
    await runToEnd(suite.pipeline, requested);
    await expectPublishedOnce(suite.pipeline, requested);
    expect(inTarget()).toEqual({ deltas: [], listed: [] });
    const [run] = (await readPromotion(suite.pipeline, requested)).runs;
    const step = run?.steps.find((each) => each.name === 'sign-commits');
    expect(step?.progressJson).toContain(
      'stays behind: it was made before its commit had all the signatures',
    );
  });
});
