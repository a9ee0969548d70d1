import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { ServiceActor } from '../auth/actor';
import type { ReportCheckInput } from '../contracts/edge-checks';
import type { PromotionDto } from '../contracts/promotion';
import { addServiceAccount } from './add-service-account';
import { getPromotion } from './get-promotion';
import { reportCheck } from './report-check';
import { retryPromotion } from './retry-promotion';
import { makePromotionBench, type PromotionBench } from './testing/promotions';
import { updateEdge } from './update-edge';

let bench: PromotionBench;
let lab: ServiceActor;
beforeAll(async () => {
  bench = await makePromotionBench();
  const { ctx, system } = bench.world;
  const { id } = await addServiceAccount(ctx, system, { name: 'lab', displayName: 'Lab' });
  lab = {
    kind: 'service',
    id,
    name: 'lab',
    displayName: 'Lab',
    tokenId: 'token',
    tokenName: 'boots',
    scopes: ['checks:report'],
    stages: null,
    sponsorIds: [],
  };
});
afterAll(() => bench.world.close());
beforeEach(async () => {
  await bench.clear();
  await expectChecks([
    { name: 'lab/boot', level: 'required' },
    { name: 'docs', level: 'advisory' },
  ]);
});

type Expected = { name: string; level: 'advisory' | 'required' }[];
const expectChecks = (externalChecks: Expected) =>
  updateEdge(bench.world.ctx, bench.world.system, { id: bench.pipeline.edge.id, externalChecks });
const report = (
  { number, planChecksum }: PromotionDto,
  state: ReportCheckInput['state'],
  part: Partial<ReportCheckInput> = {},
) => reportCheck(bench.world.ctx, lab, { number, planChecksum, name: 'lab/boot', state, ...part });
const checksOf = ({ facts }: Pick<PromotionDto, 'facts'>) =>
  facts.checks.flatMap(({ code, result }) =>
    code.startsWith('external:') ? [`${code.slice(9)}: ${result}`] : [],
  );
const look = ({ number }: PromotionDto) => getPromotion(bench.world.ctx, bench.manager, number);
const reported = (number: number) =>
  bench.world.db.auditEvent.count({
    where: { kind: 'promotion.check-reported', promotionNumber: number },
  });

test('a required check is waited for until it is reported as passed; approvals are given meanwhile', async () => {
  expect(checksOf(await bench.plan())).toEqual(['lab/boot: wait', 'docs: warn']);
  const asked = await bench.request();
  const wait = (detail: string) => [{ code: 'checks', detail, until: null }];
  expect(asked.waits).toEqual(wait('the check lab/boot is not reported yet'));
  const approved = await bench.decide(asked, bench.reviewer);
  expect(approved).toMatchObject({ state: 'approved', stateText: 'waits: checks' });
  const pending = await report(asked, 'pending');
  expect(pending.waits).toEqual(wait('the check lab/boot is pending'));
  const failed = await report(asked, 'failed', { summary: '2 of 12 boards did not boot' });
  expect(failed.waits).toEqual(wait('the check lab/boot has failed, and has to be reported as passed'));
  expect(checksOf(failed)).toEqual(['lab/boot: fail', 'docs: warn']);
  const link = 'https://lab.example/runs/7?board=a#log';
  const passed = await report(asked, 'passed', { link, summary: '12 of 12 boards' });
  expect(passed).toMatchObject({ state: 'approved', stateText: 'queued', waits: [] });
  expect(passed.approvals[0]).toMatchObject({ isVoid: false });
  expect(passed.facts.checks[0]).toMatchObject({
    title: 'lab/boot',
    result: 'pass',
    detail: 'passed: 12 of 12 boards',
    link,
  });
  expect(passed.timeline.at(-1)).toMatchObject({
    actor: 'lab',
    text: `reported the check lab/boot of #${asked.number} as passed: 12 of 12 boards`,
  });
});

test('the same said twice is noted once', async () => {
  const asked = await bench.request();
  await report(asked, 'passed');
  await report(asked, 'passed');
  expect(await reported(asked.number)).toBe(1);
  await report(asked, 'passed', { summary: 'again' });
  expect(await reported(asked.number)).toBe(2);
});

test('a report holds for its plan: another plan starts over, the same one keeps it', async () => {
  const asked = await bench.request();
  await report(asked, 'passed');
  await expectChecks([{ name: 'lab/boot', level: 'required' }]);
  expect((await look(asked)).state).toBe('stale');
  const again = await retryPromotion(bench.world.ctx, bench.manager, asked.number);
  expect(again.planChecksum).not.toBe(asked.planChecksum);
  expect(checksOf(again)).toEqual(['lab/boot: wait']);
  await expect(report(asked, 'passed')).rejects.toMatchObject({
    code: 'plan-changed',
    message: expect.stringContaining(again.planChecksum),
  });
  await report(again, 'passed');
  await bench.end(again, 'stale');
  const same = await retryPromotion(bench.world.ctx, bench.manager, asked.number);
  expect(same.planChecksum).toBe(again.planChecksum);
  expect(checksOf(same)).toEqual(['lab/boot: pass']);
});

test('what no edge expects, what is over, and who is no program with the scope is refused', async () => {
  const asked = await bench.request();
  await expect(report(asked, 'passed', { name: 'other' })).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('it expects lab/boot, docs'),
  });
  const { ctx, system } = bench.world;
  const input = {
    number: asked.number,
    planChecksum: asked.planChecksum,
    name: 'lab/boot',
    state: 'passed' as const,
  };
  const reader = { ...lab, scopes: ['read', 'promotions:request'] } as ServiceActor;
  for (const actor of [bench.manager, bench.reviewer, system, reader]) {
    await expect(reportCheck(ctx, actor, input)).rejects.toMatchObject({ code: 'forbidden' });
  }
  await expect(reportCheck(ctx, lab, { ...input, number: 9999 })).rejects.toMatchObject({
    code: 'not-found',
  });
  const approved = await bench.decide(asked, bench.reviewer);
  const row = { where: { promotion: { number: asked.number } } };
  await bench.world.db.promotion.update({ where: { number: asked.number }, data: { state: 'running' } });
  await report(approved, 'pending');
  await bench.world.db.run.updateMany({ ...row, data: { state: 'running', committedAt: new Date() } });
  await expect(report(asked, 'failed')).rejects.toMatchObject({ code: 'state-changed' });
  await bench.end(asked, 'published');
  await expect(report(asked, 'failed')).rejects.toMatchObject({ code: 'state-changed' });
  expect(await reported(asked.number)).toBe(1);
});

test.each([
  ['javascript:alert(1)'],
  ['data:text/html,x'],
  ['//lab.example/x'],
  ['/promotions'],
  ['https://user:secret@lab.example/'],
  ['HTTPS://u@lab.example'],
  [`https://lab.example/${'x'.repeat(2000)}`],
])('a link such as %s is none', async (link) => {
  const asked = await bench.request();
  await expect(report(asked, 'passed', { link })).rejects.toMatchObject({
    code: 'input-invalid',
    details: { field: 'link' },
  });
  expect(await reported(asked.number)).toBe(0);
});

test('checks of an edge are named once each, by names that a command line takes', async () => {
  for (const wrong of [
    [{ name: 'Lab', level: 'required' }],
    [{ name: '', level: 'required' }],
    [{ name: 'lab', level: 'off' }],
    [
      { name: 'lab', level: 'required' },
      { name: 'lab', level: 'advisory' },
    ],
  ]) {
    await expect(expectChecks(wrong as Expected)).rejects.toMatchObject({ code: 'input-invalid' });
  }
});
