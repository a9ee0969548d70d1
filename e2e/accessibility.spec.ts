import { inspect } from './fixtures/inspect';
import { expect, test } from './fixtures/test';

test('sign-in holds to WCAG 2.2 AA', async ({ anonymous }) => {
  await anonymous.goto('/sign-in');
  await expect(anonymous.getByRole('button', { name: 'Sign in' })).toBeEnabled();
  await inspect(anonymous, 'sign-in');
});

test('the dialog of an approval holds to WCAG 2.2 AA', async ({ as }) => {
  const page = await as('reviewer');
  await page.goto('/approvals');
  await page.getByRole('region', { name: 'Waiting for you' }).getByRole('link').first().click();
  await page.getByRole('button', { name: 'Approve this plan' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await inspect(page, 'approve-dialog');
});

test('a theme that is chosen holds after a reload', async ({ as }) => {
  const page = await as('auditor');
  await page.goto('/');
  for (const theme of ['Dark', 'Light']) {
    await page.getByRole('button', { name: /account menu/ }).click();
    await page.getByRole('menuitemradio', { name: theme }).click();
    await page.keyboard.press('Escape');
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
    await page.reload();
    await expect(page.locator('html')).toHaveAttribute('data-theme', theme.toLowerCase());
  }
});
