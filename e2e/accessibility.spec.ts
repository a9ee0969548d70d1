import { inspect } from './fixtures/inspect';
import { PAGES } from './fixtures/pages';
import { expect, test } from './fixtures/test';

test('sign-in holds to WCAG 2.2 AA', async ({ anonymous }) => {
  await anonymous.goto('/sign-in');
  await expect(anonymous.getByRole('button', { name: 'Sign in' })).toBeEnabled();
  await inspect(anonymous, 'sign-in');
});

// One page goes through all of them, as a person's does: a browser of its own for each would take three times as long.
for (const role of ['release-manager', 'admin'] as const) {
  const pages = PAGES.filter(({ name }) => name.startsWith('settings') === (role === 'admin'));
  test(`every page of a ${role} holds to WCAG 2.2 AA`, async ({ as }) => {
    test.setTimeout(pages.length * 30_000);
    const page = await as(role);
    for (const { name, open } of pages) {
      await test.step(name, async () => {
        await page.goto(await open(page));
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        // Nothing is on its way any more.
        await expect(page.locator('[aria-busy="true"], [role="status"]:text("Loading")')).toHaveCount(0);
        await page.waitForLoadState('networkidle');
        await inspect(page, name);
      });
    }
  });
}

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
