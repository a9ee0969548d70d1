import { expect } from 'vitest';
import { describeDeaths } from './testing/describe-deaths';
import { ostree } from './testing/pipeline';
import { rollingBack } from './testing/rollback-plan';
import { workerSuite } from './testing/worker-suite';

const suite = workerSuite();

/** Where each ref was before it was where it is now: there and back again, as often as it takes. */
function formerHeads(): Record<string, string> {
  const { refs, source, target } = suite.pipeline;
  return Object.fromEntries(
    refs.map((ref) => {
      const revs = [ref, `${ref}^`].map((rev) => ostree('rev-parse', `--repo=${source.path}`, rev).trim());
      const head = suite.pipeline.headOf(target, ref);
      return [ref, revs.find((rev) => rev !== head) ?? ''];
    }),
  );
}

for (const kind of ['roll-forward', 'reset'] as const) {
  describeDeaths(suite, {
    what: `a rollback (${kind})`,
    // In between it is published as anything else is.
    after: ['refs-renamed', 'refs-journaled', 'probed', 'recorded', 'journal-removed'],
    next: () => {
      const { pipeline } = suite;
      return pipeline.approve(
        pipeline.refs,
        rollingBack(pipeline, kind, kind === 'reset' ? formerHeads() : {}),
      );
    },
    async expectAlso({ number }) {
      const { db, refs } = suite.pipeline;
      const of = { promotionNumber: number, scope: 'every', origin: 'rollback', activeKey: { not: null } };
      expect(await db.hold.count({ where: of })).toBe(refs.length);
      const kind = { promotionNumber: number, kind: 'hold.set' };
      expect(await db.auditEvent.count({ where: kind })).toBe(refs.length);
    },
  });
}
