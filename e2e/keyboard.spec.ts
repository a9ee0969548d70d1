import type { Locator, Page } from '@playwright/test';
import { expectPublished, planTable } from './fixtures/promotion-page';
import { expect, test } from './fixtures/test';

/** Presses Tab until the wanted thing has the focus, as someone without a mouse must. */
async function tabTo(page: Page, wanted: Locator, pressesMax = 80): Promise<void> {
  await wanted.waitFor();
  for (let presses = 0; presses < pressesMax; presses++) {
    await page.keyboard.press('Tab');
    if (await wanted.evaluate((element) => element === document.activeElement)) {
      const { outlineStyle, outlineWidth } = await wanted.evaluate((element) => getComputedStyle(element));
      expect(`${outlineStyle} ${outlineWidth}`, 'the focus can be seen').not.toMatch(/^none| 0px$/);
      return;
    }
  }
  throw new Error(`${wanted} was not reached with ${pressesMax} presses of Tab`);
}

test('a release is asked for and approved without a mouse', async ({ as }) => {
  const manager = await as('release-manager');
  await manager.goto('/');
  await manager.keyboard.press('Tab');
  await expect(manager.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await manager.keyboard.press('Enter');
  await tabTo(manager, manager.getByRole('link', { name: 'Promote from dev to staging' }));
  await manager.keyboard.press('Enter');
  await expect(planTable(manager, 'What will happen')).toBeVisible();
  await tabTo(manager, manager.getByLabel('Reason'));
  await manager.keyboard.type('Typed, not clicked');
  await tabTo(manager, manager.getByRole('button', { name: 'Ask for approval' }));
  await manager.keyboard.press('Enter');
  await expect(manager).toHaveURL(/\/promotions\/\d+$/);
  const number = new URL(manager.url()).pathname.split('/').at(-1);

  const reviewer = await as('reviewer');
  await reviewer.goto('/');
  await expect(reviewer.getByRole('region', { name: 'Stage dev' })).toBeVisible();
  await reviewer.keyboard.press('g');
  await reviewer.keyboard.press('a');
  await expect(reviewer).toHaveURL(/\/approvals$/);
  await tabTo(reviewer, reviewer.getByRole('link', { name: `#${number} ` }));
  await reviewer.keyboard.press('Enter');
  await tabTo(reviewer, reviewer.getByRole('button', { name: 'Approve this plan' }));
  await reviewer.keyboard.press('Enter');
  const dialog = reviewer.getByRole('dialog', { name: `Approve #${number} for staging?` });
  await expect(dialog).toBeVisible();
  // Escape closes it and gives the focus back; then once more, in earnest.
  await reviewer.keyboard.press('Escape');
  await expect(dialog).toBeHidden();
  await expect(reviewer.getByRole('button', { name: 'Approve this plan' })).toBeFocused();
  await reviewer.keyboard.press('Enter');
  await tabTo(reviewer, dialog.getByRole('button', { name: 'Approve for staging' }));
  await reviewer.keyboard.press('Enter');
  await expectPublished(reviewer);
  await expectPublished(manager);
});

test('the palette goes anywhere', async ({ as }) => {
  const page = await as('auditor');
  await page.goto('/');
  await expect(page.getByRole('region', { name: 'Stage dev' })).toBeVisible();
  await page.keyboard.press('Control+k');
  const box = page.getByRole('combobox', { name: 'Jump to' });
  await expect(box).toBeFocused();
  await box.fill('production');
  await expect(page.getByRole('option').first()).toContainText('production');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/production/);
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
});
