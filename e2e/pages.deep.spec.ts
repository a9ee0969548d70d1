import { inspect } from './fixtures/inspect';
import { PAGES } from './fixtures/pages';
import { expect, test } from './fixtures/test';
import { walkByKeyboard } from './fixtures/walk-by-keyboard';

// One page goes through all of them, as a person's does: a browser of its own for each would take three times as long.
for (const role of ['release-manager', 'admin'] as const) {
  const pages = PAGES.filter(({ name }) => name.startsWith('settings') === (role === 'admin'));
  test(`every page of a ${role} holds to WCAG 2.2 AA, and is walked through with Tab`, async ({ as }) => {
    test.setTimeout(pages.length * 30_000);
    const page = await as(role);
    for (const { name, open } of pages) {
      await test.step(name, async () => {
        await page.goto(await open(page));
        await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
        // Nothing is on its way any more.
        await expect(page.locator('[aria-busy="true"], [role="status"]:text("Loading")')).toHaveCount(0);
        await page.waitForLoadState('networkidle');
        await walkByKeyboard(page, name);
        await inspect(page, name);
      });
    }
  });
}
