import { truncateSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Plan } from '../contracts/promotion';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { objectOf, ostree, type Requested } from './testing/pipeline';
import { rollingBack } from './testing/rollback-plan';
import { runSuite, slow } from './testing/run-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

/** Two stages, and what dev has is published. */
async function begin(): Promise<Requested> {
  await suite.begin();
  const first = await suite.pipeline.approve([a, b]);
  await runToEnd(suite.pipeline, first);
  return first;
}

const head = (ref: string) => suite.pipeline.headOf(suite.pipeline.target, ref) as string;
const holds = (ref: string) => suite.pipeline.db.hold.findMany({ where: { ref, activeKey: { not: null } } });
const eventsOf = async ({ number }: Requested, kind: string) =>
  (await suite.pipeline.db.auditEvent.findMany({ where: { promotionNumber: number, kind } })).map(
    ({ dataJson, ref }) => ({ ref, ...(JSON.parse(dataJson) as object) }),
  );

const show = (...args: string[]) => ostree('show', `--repo=${suite.pipeline.target.path}`, ...args);

describe('a rollback', slow, () => {
  test('forward makes the old tree a later commit on the head, and holds the refs', async () => {
    const first = await begin();
    const { pipeline } = suite;
    const was = { [a]: head(a), [b]: head(b) };
    const requested = await pipeline.approve([a, b], rollingBack(pipeline, 'roll-forward'));
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
    for (const ref of [a, b] as const) {
      const planned = first.plan.refs.find((each) => each.targetRef === ref);
      expect(ostree('rev-parse', `--repo=${pipeline.target.path}`, `${ref}^`).trim()).toBe(was[ref]);
      const old = planned?.expectedChecksum as string;
      expect(ostree('diff', `--repo=${pipeline.target.path}`, old, ref)).toBe('');
      const time = (rev: string) => Date.parse(/Date: +(.*)/.exec(show(rev))?.[1] ?? '');
      expect(time(ref)).toBe(time(was[ref]) + 1000);
      expect(await holds(ref)).toMatchObject([
        { scope: 'every', origin: 'rollback', promotionNumber: requested.number, reason: 'because' },
      ]);
    }
    expect(await eventsOf(requested, 'hold.set')).toHaveLength(2);
    expect(await eventsOf(requested, 'run.published')).toMatchObject([{ kind: 'roll-forward' }]);
  });

  test.each(['roll-forward', 'reset'] as const)('%s to what is damaged fails, and names it', async (kind) => {
    await begin();
    const { pipeline } = suite;
    const old = ostree('rev-parse', `--repo=${pipeline.target.path}`, `${a}^`).trim();
    const file = /([0-9a-f]{64}) .*\/etc\/version/.exec(
      ostree('ls', '-RC', `--repo=${pipeline.target.path}`, old),
    )?.[1] as string;
    const requested = await pipeline.approve([a], rollingBack(pipeline, kind));
    const was = lookAt(pipeline.target);
    const object = objectOf(pipeline.target.path, file, 'filez');
    truncateSync(object, 20);
    const { state, runs } = await runToEnd(pipeline, requested);
    expect(state).toBe('failed');
    expect(runs[0]).toMatchObject({
      errorCode: 'ostree/object-corrupt',
      errorMessage: expect.stringContaining(file),
    });
    expect(lookAt(pipeline.target)).toEqual(was);
    expect(await holds(a)).toEqual([]);
  });

  test.each<[string, RegExp, (plan: Plan, spare: string) => Plan]>([
    [
      'to where the ref has never been',
      /has never been at/,
      (plan, spare) =>
        ({
          ...plan,
          refs: plan.refs.map((ref) => ({ ...ref, sourceChecksum: spare, resultingChecksum: spare })),
        }) as Plan,
    ],
    ['that says it is made anew', /has the mode identity/, (plan) => ({ ...plan, mode: 'recommit' }) as Plan],
    [
      'of another ref',
      /stays within/,
      (plan) => ({ ...plan, refs: plan.refs.map((ref) => ({ ...ref, sourceRef: b })) }) as Plan,
    ],
  ])('%s is refused by the worker, whoever approved it', async (_, message, change) => {
    await begin();
    const { pipeline } = suite;
    const was = lookAt(pipeline.target);
    const spare = ostree(
      'commit',
      `--repo=${pipeline.target.path}`,
      '--orphan',
      `--tree=ref=${a}`,
      '--timestamp=2025-01-01T00:00:00Z',
    ).trim();
    const requested = await pipeline.approve([a], (plan) =>
      change(rollingBack(pipeline, 'reset')(plan), spare),
    );
    const { state, runs } = await runToEnd(pipeline, requested);
    expect({ state, code: runs[0]?.errorCode }).toEqual({ state: 'failed', code: 'plan-blocked' });
    expect(runs[0]?.errorMessage).toMatch(message);
    expect(lookAt(pipeline.target)).toEqual(was);
  });

  test('of a head that has moved is stale', async () => {
    await begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a], rollingBack(pipeline, 'reset'));
    writeFileSync(`${pipeline.target.path}/refs/heads/${a}`, `${head(b)}\n`);
    expect((await runToEnd(pipeline, requested)).state).toBe('stale');
  });
});
