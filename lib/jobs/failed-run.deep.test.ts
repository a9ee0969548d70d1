import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { planChecksum } from '../promotion/plan-checksum';
import { expectClean, expectSignedSummary, lookAt, terminalEvents } from './testing/invariants';
import { readPromotion, runToEnd } from './testing/local-worker';
import { objectOf, ostree } from './testing/pipeline';
import { runSuite, slow } from './testing/run-suite';

const [a, b] = ['os/amd64/main', 'os/arm64/main'] as const;
const suite = runSuite();

describe('a run fails, names the thing, and nothing was changed', slow, () => {
  const newFile = async () => {
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const head = requested.plan.refs[0]?.resultingChecksum as string;
    const line = ostree('ls', '-C', `--repo=${pipeline.source.path}`, head, '/etc/version');
    const checksum = /[0-9a-f]{64}/.exec(line)?.[0] as string;
    return { requested, checksum, path: objectOf(pipeline.source.path, checksum, 'filez') };
  };

  test.each<[string, (path: string) => void]>([
    [
      'corrupt',
      (path) => {
        const bytes = readFileSync(path);
        bytes[bytes.length - 3] = (bytes[bytes.length - 3] as number) ^ 1;
        rmSync(path);
        writeFileSync(path, bytes);
      },
    ],
    ['cut short', (path) => truncateSync(path, 20)],
    ['empty', (path) => truncateSync(path, 0)],
    ['longer than it should be', (path) => appendFileSync(path, 'x')],
    ['missing', (path) => rmSync(path)],
    [
      'a symbolic link to itself elsewhere',
      (path) => {
        renameSync(path, `${path}.away`);
        symlinkSync(`${path}.away`, path);
      },
    ],
    [
      'a folder',
      (path) => {
        rmSync(path);
        mkdirSync(path);
      },
    ],
  ])('where an object of the source is %s', async (_, damage) => {
    await suite.begin();
    const { pipeline } = suite;
    const { requested, checksum, path } = await newFile();
    damage(path);
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    const { runs } = await readPromotion(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'failed',
      code: runs[0]?.errorCode as string,
      message: new RegExp(checksum),
      step: 'pull',
    });
    expect(runs[0]?.errorCode).toMatch(/^ostree\/(object-(corrupt|missing)|source-changed)$/);
  });

  test('and a retry succeeds once the source is mended', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const { requested, path } = await newFile();
    renameSync(path, `${path}.away`);
    await runToEnd(pipeline, requested);
    renameSync(`${path}.away`, path);
    const runId = await pipeline.retry(requested.promotionId);
    const promotion = await runToEnd(pipeline, requested);
    expect(promotion.state).toBe('published');
    expect(promotion.runs.map((run) => run.state)).toEqual(['failed', 'done']);
    expect(promotion.runs[1]?.id).toBe(runId);
    expect(await terminalEvents(pipeline, requested)).toEqual(['run.failed', 'run.published']);
    expectClean(pipeline.target);
    await expectSignedSummary(pipeline.target);
  });

  test('where somebody else changed another ref of the target', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    ostree(
      'refs',
      `--repo=${pipeline.target.path}`,
      '--create=os/evil',
      pipeline.headOf(pipeline.target, b) as string,
    );
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'failed',
      code: 'target-drifted',
      message: /os\/evil/,
      step: 'preflight',
    });
  });

  test('where a writer left a temporary ref', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const temporary = join(pipeline.target.path, 'refs/heads/os/tmp.a1B2c3');
    writeFileSync(temporary, `${pipeline.headOf(pipeline.target, a)}\n`);
    await runToEnd(pipeline, requested);
    const { runs } = await readPromotion(pipeline, requested);
    expect(runs[0]).toMatchObject({ state: 'failed', errorMessage: expect.stringContaining('tmp.a1B2c3') });
    expect(pipeline.headOf(pipeline.target, a)).toBe(requested.plan.refs[0]?.expectedChecksum);
  });

  test('where the history is gone by now that led to what it replaces', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const { source, target, db, edgeId } = pipeline;
    await db.edge.update({ where: { id: edgeId }, data: { fastForwardCheck: 'required' } });
    const between = pipeline.headOf(source, a) as string;
    pipeline.commit(a, { 'etc/version': '3' });
    const requested = await pipeline.approve([a]);
    rmSync(objectOf(source.path, between, 'commit'));
    const was = lookAt(target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'failed',
      code: 'plan-blocked',
      message: /^os\/amd64\/main: .*ancestors/,
      step: 'preflight',
    });
  });

  test('where its version is earlier than what it replaces, whatever was said when it was planned', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const { source, target, db, edgeId } = pipeline;
    const commitAs = (version: string) =>
      ostree(
        'commit',
        `--repo=${source.path}`,
        `--branch=${a}`,
        `--tree=ref=${a}`,
        `--add-metadata-string=version=${version}`,
      );
    commitAs('2.0');
    ostree('pull-local', `--repo=${target.path}`, source.path, a);
    commitAs('1.9');
    const requested = await pipeline.approve([a]);
    await db.edge.update({ where: { id: edgeId }, data: { versionCheck: 'required' } });
    const was = lookAt(target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'failed',
      code: 'plan-blocked',
      message: /^os\/amd64\/main: 1\.9 is earlier than 2\.0/,
      step: 'preflight',
    });
  });

  test('where the commit is bound to another ref', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a], (plan) => ({
      ...plan,
      refs: plan.refs.map((ref) => ({ ...ref, targetRef: 'os/renamed', expectedChecksum: null })),
    }));
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'failed',
      code: 'plan-blocked',
      message: /bound to/,
      step: 'preflight',
    });
  });

  test('where clients trust a key that the signer does not hold', async () => {
    await suite.begin({ hasGpg: true });
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    await runToEnd(pipeline, requested);
    await pipeline.db.stageKey.deleteMany({ where: { type: 'gpg' } });
    const second = await pipeline.approve([b]);
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, second);
    await suite.expectUntouched(second, was, {
      state: 'failed',
      code: 'keys-insufficient',
      message: /gpg/,
      step: 'preflight',
    });
  });

  test('where the signer lost a key', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    rmSync(join(pipeline.home.signerDir, 'keys', pipeline.target.id), { recursive: true });
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'failed',
      code: 'keys-insufficient',
      message: /import it/,
      step: 'preflight',
    });
  });

  test('where another folder stands in the place of the target', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    await pipeline.db.stage.update({ where: { id: pipeline.target.id }, data: { repoIno: '1' } });
    const was = lookAt(pipeline.target);
    await runToEnd(pipeline, requested);
    await suite.expectUntouched(requested, was, {
      state: 'failed',
      code: 'ostree/repo-moved',
      message: /another directory/,
      step: 'preflight',
    });
  });

  test('where the journal of a run that nobody knows lies in the target', async () => {
    await suite.begin();
    const { pipeline } = suite;
    const requested = await pipeline.approve([a]);
    const folder = join(pipeline.target.path, '.treeline-journal');
    mkdirSync(folder);
    const { resultingChecksum } = requested.plan.refs[0] as { resultingChecksum: string };
    const journal = {
      version: 1,
      runId: 'unknown',
      promotionNumber: 99,
      attempt: 1,
      stageId: pipeline.target.id,
      planChecksum: planChecksum(requested.plan),
      refs: [{ ref: a, expected: null, to: resultingChecksum }],
      keys: [],
      phase: 'refs-written',
    };
    writeFileSync(join(folder, 'journal.json'), JSON.stringify(journal));
    const was = lookAt(pipeline.target);
    expect((await runToEnd(pipeline, requested)).runs[0]).toMatchObject({
      state: 'failed',
      errorCode: 'target-damaged',
    });
    expect(lookAt(pipeline.target)).toEqual(was);
    expect(existsSync(join(folder, 'journal.json'))).toBe(true);
  });
});
