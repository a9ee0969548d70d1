import { approve, expectAllStepsDone, expectPublished, stepsOf } from './fixtures/promotion-page';
import { expect, test } from './fixtures/test';
import { until } from './fixtures/until';

test.use({ scenario: 'interruptions' });

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
