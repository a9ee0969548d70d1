import { describe, test } from 'vitest';
import { expectPublishedOnce, lookAt } from './testing/invariants';
import { runToEnd } from './testing/local-worker';
import { breakingGlass } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';
import { signerBut } from './testing/waiting-run';

const a = 'os/amd64/main';
const suite = runSuite();

describe('an emergency', slow, () => {
  test('is published without approval, past a freeze, a soak time and checks; worker and signer prove it', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const glass = await breakingGlass(pipeline, ['manager']);
    const { db, edgeId } = pipeline;
    await db.edge.update({
      where: { id: edgeId },
      data: {
        soakHours: 24,
        sourceFsckCheck: 'required',
        externalChecks: '[{"name":"lab","level":"required"}]',
      },
    });
    const freeze = {
      id: 'f',
      name: 'always',
      reason: 'because',
      stageId: null,
      startWall: '2020-01-01T00:00',
      endWall: '2090-01-01T00:00',
      timeZone: 'UTC',
      createdBy: 'admin',
      createdAt: new Date(),
    };
    await db.freezeWindow.create({ data: freeze });
    const requested = await pipeline.approve([a], glass, null);
    await runToEnd(pipeline, requested);
    await expectPublishedOnce(pipeline, requested);
  });

  test('whose asker leaves the group while it runs is signed for no more', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a], await breakingGlass(pipeline, ['manager']), null);
    const was = lookAt(pipeline.target);
    const signer = signerBut(pipeline, (real) => ({
      signCommit: async (...args: Parameters<typeof real.signCommit>) => {
        await pipeline.db.groupMember.deleteMany({});
        return real.signCommit(...args);
      },
    }));
    await runToEnd(pipeline, requested, { signer });
    await suite.expectUntouched(requested, was, {
      state: 'failed',
      code: 'signer-refused',
      message: /no release manager of oncall any more/,
      step: 'sign-commits',
    });
  });
});
