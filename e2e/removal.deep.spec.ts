import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { makeRetirementsDue } from '../lib/db/testing/make-retirements-due';
import { inspect } from './fixtures/inspect';
import { type Asked, approve, expectPublished, stepsOf } from './fixtures/promotion-page';
import { run } from './fixtures/run';
import { expect, test } from './fixtures/test';

test.use({ scenario: 'removal' });
test.describe.configure({ mode: 'serial' });

const REF = 'aurora/aarch64/stable';
const OTHER = 'aurora/x86_64/stable';
const wide = { width: 1360, height: 900 };

/** Asks for the removal that the form shows. */
async function ask(page: Page, reason: string): Promise<Asked> {
  await expect(page.getByRole('region', { name: 'Whom it strands' })).toBeVisible();
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(page).toHaveURL(/\/promotions\/\d+$/);
  const path = new URL(page.url()).pathname;
  return { number: Number(path.split('/').at(-1)), path };
}

test('a ref is removed from its stage, by keyboard, whom it strands shown first, and its commits are kept', async ({
  as,
  demo,
}) => {
  test.setTimeout(300_000);
  const staging = demo.repoOf('staging');
  const ostree = (command: string, ...args: string[]) =>
    run('ostree', [command, `--repo=${staging}`, ...args]);
  const head = (await ostree('rev-parse', REF)).trim();

  const reviewer = await as('reviewer');
  await reviewer.goto('/stages/staging');
  await expect(reviewer.getByRole('table', { name: 'Refs' })).toBeVisible();
  await expect(reviewer.getByRole('link', { name: /^Remove/ })).toHaveCount(0);

  const manager = await as('release-manager');
  await manager.goto(`/stages/staging/refs/${REF}`);
  await expect(manager.getByRole('link', { name: 'Remove from staging' })).toBeVisible();
  await manager.goto('/stages/staging');
  await inspect(manager, 'stage-with-removal');
  await manager.setViewportSize(wide);
  await manager.getByRole('link', { name: `Remove ${REF} from staging` }).focus();
  await manager.keyboard.press('Enter');
  await expect(manager.getByRole('heading', { name: 'Remove from staging' })).toBeVisible();
  const stranded = manager.getByRole('region', { name: 'Whom it strands' });
  await expect(stranded).toContainText('Devices that follow it get no more updates.');
  await expect(stranded).toContainText('production gets it from here');
  await expect(manager.getByText(/ostree admin upgrade does not find/)).toBeVisible();
  await inspect(manager, 'removal-form');
  await manager.setViewportSize(wide);
  // Another ref along, and back again: the address says what is chosen.
  await manager.getByLabel('Remove another ref as well').selectOption(OTHER);
  await expect(manager.getByText(/these are all refs of staging/)).toBeVisible();
  await inspect(manager, 'removal-form-of-all');
  await manager.setViewportSize(wide);
  await manager.getByRole('button', { name: `Leave ${OTHER} where it is` }).click();
  await expect(manager).not.toHaveURL(new RegExp(OTHER));
  await expect(manager.getByText(/these are all refs of staging/)).toBeHidden();
  const asked = await ask(manager, 'Nobody has such a machine any more');
  await expect(manager.getByText('Removal', { exact: true }).first()).toBeVisible();
  await inspect(manager, 'removal-promotion');

  await reviewer.goto('/approvals');
  const queue = reviewer.getByRole('region', { name: 'Waiting for you' });
  await expect(queue.getByRole('row', { name: /Removal.*within staging/ })).toBeVisible();
  await reviewer.goto(asked.path);
  await reviewer.getByRole('button', { name: 'Approve this plan' }).click();
  await expect(reviewer.getByRole('dialog')).toContainText('devices that follow them find nothing');
  await inspect(reviewer, 'removal-decide-dialog');
  await reviewer.setViewportSize(wide);
  await approve(reviewer, asked, 'staging', 'Asked the people of that machine');
  await expectPublished(manager);
  await manager.setViewportSize(wide);
  await manager.goto(`${asked.path}?tab=run`);
  const steps = stepsOf(manager).getByRole('listitem');
  for (const [at, name] of ['preflight', 'summary', 'publish', 'update-refs', 'probe'].entries()) {
    await expect(steps.nth(at)).toContainText(`${name}, done`);
  }
  await inspect(manager, 'removal-run');
  expect(await ostree('summary', '-v')).not.toContain(REF);
  expect(await ostree('refs')).not.toContain(REF);
  expect(await ostree('show', head)).toContain(head);
  await ostree('fsck');

  await manager.setViewportSize(wide);
  await manager.goto('/stages/staging');
  const removed = manager.getByRole('region', { name: 'Removed refs' });
  await expect(removed).toContainText(/Deleted in .*1 day|Deleted tomorrow|Deleted in 2[34] h/);
  await expect(manager.getByText('changed outside')).toHaveCount(0);
  await inspect(manager, 'stage-removed-refs');
  await manager.setViewportSize(wide);
  await removed.getByRole('button', { name: `Keep the commits of #${asked.number}` }).focus();
  await manager.keyboard.press('Enter');
  const dialog = manager.getByRole('dialog', { name: `Keep the commits of #${asked.number}?` });
  await dialog.getByRole('button', { name: 'Keep the commits' }).click();
  // Without a reason it goes nowhere.
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await manager.keyboard.type('The museum wants them');
  await inspect(manager, 'keep-commits-dialog');
  await manager.setViewportSize(wide);
  await dialog.getByRole('button', { name: 'Keep the commits' }).click();
  await expect(dialog).toBeHidden();
  await expect(removed).toContainText(/Kept by .*The museum wants them/);
  await expect(removed.getByRole('button')).toHaveCount(0);
});

test('it comes back by a promotion; removed again, its commits are deleted once the grace is over', async ({
  as,
  demo,
}) => {
  test.setTimeout(300_000);
  const staging = demo.repoOf('staging');
  const ostree = (command: string, ...args: string[]) =>
    run('ostree', [command, `--repo=${staging}`, ...args]);
  const manager = await as('release-manager');
  const reviewer = await as('reviewer');
  // The board offers only what nobody removed; to bring it back is a choice of its own.
  await manager.goto('/');
  await expect(manager.getByRole('region', { name: 'Edge dev to staging' })).toContainText('1 removed');
  await manager.getByRole('link', { name: 'Promote from dev to staging' }).click();
  const box = manager.getByRole('checkbox', { name: REF });
  await expect(box).not.toBeChecked();
  await box.check();
  await expect(manager.getByText(/removed it from staging: .*; this brings it back/)).toBeVisible();
  await inspect(manager, 'promotion-brings-back');
  await manager.setViewportSize(wide);
  await manager.getByLabel('Reason').fill('It is wanted after all');
  await manager.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(manager).toHaveURL(/\/promotions\/\d+$/);
  const { pathname } = new URL(manager.url());
  const back = { number: Number(pathname.split('/').at(-1)), path: pathname };
  await approve(reviewer, back, 'staging');
  await expectPublished(manager);
  const head = (await ostree('rev-parse', REF)).trim();
  await ostree('fsck');

  await manager.goto(`/stages/staging/refs/${REF}`);
  await manager.getByRole('link', { name: 'Remove from staging' }).click();
  const asked = await ask(manager, 'Or not');
  await approve(reviewer, asked, 'staging');
  await expectPublished(manager);
  await makeRetirementsDue(`file:${join(demo.home, 'treeline.db')}`);
  await manager.goto('/stages/staging');
  const removed = manager.getByRole('region', { name: 'Removed refs' });
  await expect(removed).toContainText(/commits? deleted/, { timeout: 30_000 });
  await inspect(manager, 'stage-retired');
  await expect(ostree('show', head)).rejects.toThrow();
  await ostree('fsck');
  await manager.setViewportSize(wide);
  await manager.goto('/history');
  await expect(manager.getByText(/^deleted \d+ commits? with/).first()).toBeVisible();
  await inspect(manager, 'history-after-removal');
});
