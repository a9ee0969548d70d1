import { describe, expect, test } from 'vitest';
import { askToCancel, expectCancelled } from './testing/cancelled';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { runSuite, slow } from './testing/run-suite';
import { leaveRetrying } from './testing/waiting-run';

const a = 'os/amd64/main';
const suite = runSuite();

describe('a run that is cancelled', slow, () => {
  test('at the last moment, after the last look between steps, moves nothing', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const was = lookAt(pipeline.target);
    let isAsked = false;
    const db = new Proxy(pipeline.db, {
      get(target, name) {
        const value: unknown = Reflect.get(target, name);
        if (name !== 'run') return value;
        return new Proxy(target.run, {
          get(run, method) {
            const real = Reflect.get(run, method) as (args: object) => Promise<unknown>;
            if (method !== 'updateMany') return real;
            // The claim is renewed once more right before the transaction that decides.
            return async (args: object) => {
              const { runId } = requested;
              const where = { runId, name: 'update-refs', state: 'running' };
              if (!isAsked && (await target.runStep.count({ where })) === 1) {
                isAsked = true;
                await askToCancel(pipeline, requested);
              }
              return real.call(run, args);
            };
          },
        });
      },
    });
    await runToEnd(pipeline, requested, { db, pollMilliseconds: 60_000 });
    expect(isAsked).toBe(true);
    await expectCancelled(pipeline, requested, was, 'update-refs');
  });
});

test('a run whose refs have moved goes forward, whatever a row says', slow, async () => {
  await suite.begin();
  const { pipeline } = suite;
  const requested = await leaveRetrying(pipeline, [a]);
  await askToCancel(pipeline, requested);
  await runToEnd(pipeline, requested);
  await expectPublishedOnce(pipeline, requested);
});
