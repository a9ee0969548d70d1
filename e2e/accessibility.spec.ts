import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { PAGES } from './fixtures/pages';
import { expect, test } from './fixtures/test';

const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const WIDTHS = [1360, 390];
const THEMES = ['light', 'dark'] as const;

async function useTheme(page: Page, theme: (typeof THEMES)[number], url: string): Promise<void> {
  await page.context().addCookies([{ name: 'theme', value: theme, url }]);
}

/** Nothing that axe finds, nothing that needs sideways scrolling; a picture of each for people to look at. */
async function inspect(page: Page, name: string, theme: string): Promise<void> {
  await expect(page.locator('html')).toHaveAttribute('data-theme', theme);
  await page.waitForLoadState('networkidle');
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 900 });
    await page.screenshot({ path: `.test-tmp/screenshots/${name}-${theme}-${width}.png`, fullPage: true });
    const { scrollWidth, clientWidth } = await page.evaluate(() => ({
      scrollWidth: document.documentElement.scrollWidth,
      clientWidth: document.documentElement.clientWidth,
    }));
    expect(scrollWidth, `${name} at ${width} px scrolls sideways`).toBeLessThanOrEqual(clientWidth);
    const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join('\n')}`);
    expect(found, `${name}, ${theme}, ${width} px`).toEqual([]);
  }
}

for (const theme of THEMES) {
  test(`sign-in holds to WCAG 2.2 AA, ${theme}`, async ({ anonymous, demo }) => {
    await useTheme(anonymous, theme, demo.url);
    await anonymous.goto('/sign-in');
    await expect(anonymous.getByRole('button', { name: 'Sign in' })).toBeVisible();
    await inspect(anonymous, 'sign-in', theme);
  });

  for (const { name, open } of PAGES) {
    test(`${name} holds to WCAG 2.2 AA, ${theme}`, async ({ as, demo }) => {
      const isSettings = name.startsWith('settings');
      const page = await as(isSettings ? 'admin' : 'release-manager');
      await useTheme(page, theme, demo.url);
      const path = await open(page);
      await page.goto(path);
      await expect(page.getByRole('main')).toBeVisible();
      await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
      await inspect(page, name, theme);
    });
  }

  test(`the dialog of an approval holds to WCAG 2.2 AA, ${theme}`, async ({ as, demo }) => {
    const page = await as('reviewer');
    await useTheme(page, theme, demo.url);
    await page.goto('/approvals');
    await page.getByRole('region', { name: 'Waiting for you' }).getByRole('link').first().click();
    await page.getByRole('button', { name: 'Approve this plan' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    await inspect(page, 'approve-dialog', theme);
  });
}
