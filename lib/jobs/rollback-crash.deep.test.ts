import { describeDeaths } from './testing/describe-deaths';
import { expectHeld, nextRollback, ROLLBACK_AFTER } from './testing/rollback-run';
import { workerSuite } from './testing/worker-suite';

const suite = workerSuite();

for (const kind of ['roll-forward', 'reset'] as const) {
  describeDeaths(suite, {
    what: `a rollback (${kind})`,
    after: ROLLBACK_AFTER,
    next: () => nextRollback(suite.pipeline, kind),
    expectAlso: (requested) => expectHeld(suite.pipeline, requested),
  });
}
