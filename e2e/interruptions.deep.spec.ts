import {
  approve,
  askForPromotion,
  expectAllStepsDone,
  expectPublished,
  stepsOf,
} from './fixtures/promotion-page';
import { run } from './fixtures/run';
import { expect, test } from './fixtures/test';
import { until } from './fixtures/until';

test.use({ scenario: 'interruptions' });
test.describe.configure({ mode: 'serial' });

const REF = 'aurora/x86_64/stable';

test('a worker killed in the middle of a run is followed by one that finishes it, once', async ({
  as,
  demo,
}) => {
  const manager = await as('release-manager');
  const reviewer = await as('reviewer');
  const head = await run('ostree', ['rev-parse', `--repo=${demo.repoOf('dev')}`, REF]);
  const asked = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'Through a power cut' });

  // A signer that doesn't answer holds the run in its middle.
  const signer = await until('the signer', () => demo.server.pidOf('signer'));
  process.kill(signer, 'SIGSTOP');
  try {
    await approve(reviewer, asked, 'staging');
    await expect(
      stepsOf(manager).getByRole('listitem').filter({ hasText: 'sign-commits, under way' }),
    ).toBeVisible();
    await demo.server.killAndAwaitRestart('worker');
  } finally {
    process.kill(signer, 'SIGCONT');
  }

  await expectAllStepsDone(manager);
  await expectPublished(manager);
  expect(await run('ostree', ['rev-parse', `--repo=${demo.repoOf('staging')}`, REF])).toBe(head);
  await run('ostree', ['fsck', `--repo=${demo.repoOf('staging')}`]);
  const auditor = await as('auditor');
  await auditor.goto(`/history?promotion=${asked.number}`);
  const events = auditor.getByRole('table', { name: /^Events/ });
  await expect(events.getByText(`published #${asked.number} (run 1)`)).toHaveCount(1);
  await expect(auditor.getByText('Chain intact')).toBeVisible();
});

test('a page that was open while the web process died shows the end without a reload', async ({
  as,
  demo,
}) => {
  const reviewer = await as('reviewer');
  await reviewer.goto('/approvals');
  const queue = reviewer.getByRole('region', { name: 'Waiting for you' });
  const path =
    (await queue
      .getByRole('link', { name: /to production/ })
      .first()
      .getAttribute('href')) ?? '';
  const number = Number(path.split('/').at(-1));
  const watcher = await as('auditor');
  await watcher.goto(path);
  await expect(watcher.getByText('live', { exact: true })).toBeVisible();
  await watcher.evaluate(() => {
    document.documentElement.dataset.sameDocument = 'yes';
  });

  const signer = await until('the signer', () => demo.server.pidOf('signer'));
  process.kill(signer, 'SIGSTOP');
  try {
    await approve(reviewer, { number, path }, 'production');
    await expect(stepsOf(watcher)).toBeVisible();
    await demo.server.killAndAwaitRestart('web');
    await expect(watcher.getByText(/^reconnecting/)).toBeVisible();
  } finally {
    process.kill(signer, 'SIGCONT');
  }
  await demo.server.waitUntilReady();
  await expectAllStepsDone(watcher);
  await expectPublished(watcher);
  await expect(watcher.locator('html')).toHaveAttribute('data-same-document', 'yes');
});

test('of two processes that answer for the pages one dies, and the other goes on until it is back', async ({
  as,
  demo,
}) => {
  const manager = await as('release-manager');
  await manager.goto('/');
  const [killed = 0, other = 0] = demo.server.pagePids();
  expect(demo.server.pagePids()).toEqual([killed, other]);
  process.kill(killed, 'SIGKILL');
  await until('the end of it', () => !demo.server.pagePids().includes(killed));
  for (let round = 0; round < 5; round++) {
    await manager.goto('/stages/staging');
    await expect(manager.getByRole('heading', { level: 1, name: 'staging' })).toBeVisible();
    await manager.goto('/');
    await expect(manager.getByRole('region', { name: 'Edge dev to staging' })).toBeVisible();
  }
  await until('another', () => demo.server.pagePids().length === 2);
  expect(demo.server.pagePids()).toContain(other);
  await demo.server.waitUntilReady();
});
