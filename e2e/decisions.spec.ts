import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { approve, askForPromotion, expectPublished, stepsOf } from './fixtures/promotion-page';
import { run } from './fixtures/run';
import { expect, test } from './fixtures/test';

test.use({ scenario: 'decisions' });
test.describe.configure({ mode: 'serial' });

const REF = 'aurora/x86_64/stable';

test('whoever asked can withdraw, and nobody can approve it any more', async ({ as }) => {
  const manager = await as('release-manager');
  const asked = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'Too early' });
  const reviewer = await as('reviewer');
  await reviewer.goto(asked.path);
  await expect(reviewer.getByRole('button', { name: 'Approve this plan' })).toBeVisible();
  await expect(reviewer.getByRole('button', { name: 'Withdraw' })).toBeHidden();

  await manager.getByRole('button', { name: 'Withdraw' }).click();
  await manager.getByRole('dialog').getByRole('button', { name: 'Withdraw' }).click();
  await expect(manager.getByText('withdrawn', { exact: true }).first()).toBeVisible();
  await expect(manager.getByRole('button', { name: 'Withdraw' })).toBeHidden();
  // The reviewer's page follows by itself.
  await expect(reviewer.getByText('withdrawn', { exact: true }).first()).toBeVisible();
  await expect(reviewer.getByRole('button', { name: 'Approve this plan' })).toBeHidden();
});

test('a reviewer rejects with a reason, and nothing runs', async ({ as, demo }) => {
  const manager = await as('release-manager');
  const before = await run('ostree', ['rev-parse', `--repo=${demo.repoOf('staging')}`, REF]);
  const asked = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'Please look' });
  const reviewer = await as('reviewer');
  await reviewer.goto(asked.path);
  await reviewer.getByRole('button', { name: 'Reject' }).click();
  const dialog = reviewer.getByRole('dialog', { name: `Reject #${asked.number}?` });
  await dialog.getByRole('button', { name: 'Reject this plan' }).click();
  // Without a reason it goes nowhere.
  await expect(dialog.getByLabel('Why not?')).toBeFocused();
  await dialog.getByLabel('Why not?').fill('The kernel does not boot on the old board');
  await dialog.getByRole('button', { name: 'Reject this plan' }).click();

  await expect(manager.getByText('rejected', { exact: true }).first()).toBeVisible();
  await expect(manager.getByText('The kernel does not boot on the old board').first()).toBeVisible();
  expect(await run('ostree', ['rev-parse', `--repo=${demo.repoOf('staging')}`, REF])).toBe(before);
});

test('a target that moved makes the run stale, and a retry plans anew for new approvals', async ({
  as,
  demo,
}) => {
  const manager = await as('release-manager');
  const reviewer = await as('reviewer');
  const staging = demo.repoOf('staging');
  const asked = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'The next release' });

  // Someone moves the target's ref by hand, back to its parent: not what the plan says it would replace.
  const head = (await run('ostree', ['rev-parse', `--repo=${staging}`, REF])).trim();
  const parent = (await run('ostree', ['rev-parse', `--repo=${staging}`, `${REF}^`])).trim();
  const summary = await run('sha256sum', [join(staging, 'summary')]);
  writeFileSync(join(staging, 'refs/heads', REF), `${parent}\n`);
  await approve(reviewer, asked, 'staging');
  await expect(manager.getByText('The run ended stale.')).toBeVisible({ timeout: 45_000 });
  expect((await run('ostree', ['rev-parse', `--repo=${staging}`, REF])).trim()).toBe(parent);
  expect(await run('sha256sum', [join(staging, 'summary')])).toBe(summary);

  // Put back: the plan is what it was, so the retry runs with the approvals it has.
  writeFileSync(join(staging, 'refs/heads', REF), `${head}\n`);
  await manager.getByRole('button', { name: 'Retry' }).click();
  await manager.getByRole('dialog').getByRole('button', { name: 'Retry' }).click();
  await expect(stepsOf(manager, 2).first()).toBeVisible();
  await expectPublished(manager);
});
