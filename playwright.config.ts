import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { defineConfig } from '@playwright/test';

/** The system's Chromium: Playwright's own download is not to be had everywhere. */
function findChromium(): string {
  const wanted = process.env.CHROMIUM_PATH;
  if (wanted) return wanted;
  const folders = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)];
  // Without a window it takes half the processor time.
  for (const program of ['chromium-headless-shell', 'chromium']) {
    const path = folders.map((folder) => join(folder, program)).find(isProgram);
    if (path !== undefined) return path;
  }
  throw new Error('chromium is not on the PATH: install it, or name it in CHROMIUM_PATH');
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

export default defineConfig({
  testDir: 'e2e',
  testIgnore: '**/*.deep.spec.ts',
  globalSetup: './e2e/fixtures/global-setup.ts',
  outputDir: '.test-tmp/e2e',
  forbidOnly: true,
  retries: 0,
  // Each worker runs a whole Treeline of its own: four processes beside the browser.
  workers: 2,
  timeout: 180_000,
  expect: { timeout: 20_000 },
  reporter: 'list',
  use: {
    actionTimeout: 20_000,
    navigationTimeout: 30_000,
    viewport: { width: 1360, height: 900 },
    locale: 'en-GB',
    timezoneId: 'Europe/Amsterdam',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: findChromium(),
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-dev-shm-usage',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--no-first-run',
      ],
    },
  },
});
