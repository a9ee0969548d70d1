import type { Page } from '@playwright/test';
import { inspect } from './fixtures/inspect';
import { approve, askForPromotion, expectPublished } from './fixtures/promotion-page';
import { run } from './fixtures/run';
import { expect, test } from './fixtures/test';

test.use({ scenario: 'rollback' });
test.describe.configure({ mode: 'serial' });

const REF = 'aurora/x86_64/stable';
const REF_PAGE = `/stages/staging/refs/${REF}`;

/** Asks for the rollback that the form shows. */
async function ask(page: Page, reason: string): Promise<{ number: number; path: string }> {
  await expect(page.getByRole('region', { name: 'What will happen' }).getByRole('table')).toBeVisible();
  await page.getByLabel('Reason').fill(reason);
  await page.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(page).toHaveURL(/\/promotions\/\d+$/);
  const path = new URL(page.url()).pathname;
  return { number: Number(path.split('/').at(-1)), path };
}

const lift = async (page: Page, reason: string) => {
  const dialog = page.getByRole('dialog', { name: 'Lift this hold?' });
  await dialog.getByRole('button', { name: 'Lift the hold' }).click();
  // Without a reason it goes nowhere.
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await dialog.getByLabel('Reason').fill(reason);
  await inspect(page, 'hold-lift-dialog');
  await dialog.getByRole('button', { name: 'Lift the hold' }).click();
  await expect(dialog).toBeHidden();
};

test('a ref is rolled forward from its history, by keyboard, and held until somebody lifts it on the board', async ({
  as,
  demo,
}) => {
  test.setTimeout(300_000);
  const staging = demo.repoOf('staging');
  const revs = async (rev: string) => (await run('ostree', ['rev-parse', `--repo=${staging}`, rev])).trim();
  const [head, old] = [await revs(REF), await revs(`${REF}^`)];

  const manager = await as('release-manager');
  await manager.goto(REF_PAGE);
  await inspect(manager, 'ref-with-ways-back');
  await manager.setViewportSize({ width: 1360, height: 900 });
  await manager
    .getByRole('link', { name: /^Roll back to/ })
    .first()
    .focus();
  await manager.keyboard.press('Enter');
  await expect(manager.getByRole('heading', { name: 'Roll back in staging' })).toBeVisible();
  await expect(manager).toHaveURL(new RegExp(`to=${old}`));
  const forward = manager.getByRole('radio', { name: 'Roll forward' });
  await expect(forward).toBeChecked();
  await forward.focus();
  await manager.keyboard.press('ArrowDown');
  await expect(manager.getByRole('radio', { name: 'Reset' })).toBeChecked();
  await expect(manager).toHaveURL(/kind=reset/);
  await expect(
    manager.getByText(/older than the head: clients that check timestamps refuse it/),
  ).toBeVisible();
  await inspect(manager, 'rollback-form');
  await manager.keyboard.press('ArrowUp');
  await expect(forward).toBeChecked();
  await expect(manager.getByText('the new commit gets a later time')).toBeHidden();
  const asked = await ask(manager, 'The update breaks the network');
  await expect(manager.getByText('Rollback: roll forward').first()).toBeVisible();
  await inspect(manager, 'rollback-promotion');

  const reviewer = await as('reviewer');
  await reviewer.goto('/approvals');
  const queue = reviewer.getByRole('region', { name: 'Waiting for you' });
  await expect(queue.getByRole('row', { name: /Rollback: roll forward.*within staging/ })).toBeVisible();
  await reviewer.goto(asked.path);
  await reviewer.getByRole('button', { name: 'Approve this plan' }).click();
  await expect(reviewer.getByRole('dialog')).toContainText('Devices take it as an ordinary update');
  await inspect(reviewer, 'rollback-decide-dialog');
  await approve(reviewer, asked, 'staging', 'Seen on two devices');
  await expectPublished(manager);
  expect(await revs(`${REF}^`)).toBe(head);
  expect(await run('ostree', ['diff', `--repo=${staging}`, old, REF])).toBe('');
  await run('ostree', ['fsck', `--repo=${staging}`]);

  // What comes next waits for the hold; the board says why, and lets it go.
  const next = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'The next release' });
  await approve(reviewer, next, 'staging');
  await expect(reviewer.getByText('waits: held').first()).toBeVisible();
  await expect(
    reviewer.getByText(new RegExp(`since the rollback #${asked.number}.*until the hold is lifted`)).first(),
  ).toBeVisible();
  await expect(reviewer.getByRole('button', { name: /^Lift/ })).toHaveCount(0);
  await inspect(reviewer, 'promotion-held');
  await manager.goto('/');
  const stage = manager.getByRole('region', { name: 'Stage staging' });
  await expect(stage.getByText(/Held since the rollback/)).toBeVisible();
  await inspect(manager, 'board-held');
  await manager.setViewportSize({ width: 1360, height: 900 });
  await stage.getByRole('button', { name: `Lift the hold on ${REF}` }).click();
  await lift(manager, 'The fixed release is there');
  await expect(stage.getByText(/Held since the rollback/)).toBeHidden();
  await expectPublished(reviewer);
});

test('what a promotion published is reset from its page, and a hold is set by hand', async ({ as, demo }) => {
  test.setTimeout(300_000);
  const staging = demo.repoOf('staging');
  const rev = async () => (await run('ostree', ['rev-parse', `--repo=${staging}`, REF])).trim();
  const published = await rev();
  const manager = await as('release-manager');
  await manager.goto('/promotions?state=published&stage=staging');
  await manager
    .getByRole('main')
    .getByRole('link', { name: /to staging/ })
    .first()
    .click();
  await manager.getByRole('link', { name: 'Roll back', exact: true }).click();
  await manager.getByRole('radio', { name: 'Reset' }).check();
  const asked = await ask(manager, 'Not this one either');
  const reviewer = await as('reviewer');
  await approve(reviewer, asked, 'staging');
  await expectPublished(manager);
  expect(await rev()).not.toBe(published);
  await run('ostree', ['fsck', `--repo=${staging}`]);

  await manager.goto(REF_PAGE);
  const former = manager.getByRole('region', { name: 'Was here before' });
  await expect(former.getByText(published.slice(0, 10))).toBeVisible();
  await inspect(manager, 'ref-after-reset');
  await manager.setViewportSize({ width: 1360, height: 900 });
  await manager.getByRole('button', { name: 'Hold', exact: true }).click();
  const dialog = manager.getByRole('dialog', { name: `Hold ${REF} in staging?` });
  await dialog.getByLabel('Hold it against').selectOption('Automatic promotion alone');
  await dialog.getByRole('button', { name: 'Hold it' }).click();
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await dialog.getByLabel('Reason').fill('Until the lab has seen it');
  await inspect(manager, 'hold-set-dialog');
  await dialog.getByRole('button', { name: 'Hold it' }).click();
  await expect(manager.getByText(/Held against automatic promotion/)).toBeVisible();
  await manager.goto('/stages/staging');
  const holds = manager.getByRole('region', { name: 'Holds' });
  await expect(holds.getByText('Until the lab has seen it')).toBeVisible();
  await inspect(manager, 'stage-holds');
  await manager.setViewportSize({ width: 1360, height: 900 });
  await holds
    .getByRole('button', { name: `Lift the hold on ${REF}` })
    .last()
    .click();
  await lift(manager, 'The lab has seen it');
  await expect(holds.getByText('Until the lab has seen it')).toBeHidden();

  await manager.goto('/history');
  await expect(manager.getByText(/rolled staging back by #\d+ \(reset, run 1\)/).first()).toBeVisible();
  await inspect(manager, 'history-after-rollback');
});
