import { expect, test } from './fixtures/fresh-test';
import { treeline } from './fixtures/run';
import { fillSignIn, signIn } from './fixtures/sign-in';

const PASSWORD = 'a long walk in the woods';

test.use({ scenario: 'sign-in' });
test.describe.configure({ mode: 'serial' });

test('nobody sees anything before signing in, and comes back to where they wanted to go', async ({
  page,
}) => {
  await page.goto('/history');
  await expect(page).toHaveURL(/\/sign-in/);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  const answer = await page.request.get('/api/stages');
  expect(answer.status()).toBe(401);
  expect(answer.headers()['content-type']).toContain('application/problem+json');
});

test('the first admin must change the one-time password before anything else', async ({ page, site }) => {
  await page.goto('/sign-in');
  await fillSignIn(page, 'admin', site.oneTimePassword);
  await expect(page).toHaveURL(/\/change-password/);
  await page.goto('/settings/people');
  await expect(page).toHaveURL(/\/change-password/);
  expect((await page.request.get('/api/stages')).status()).toBe(403);

  await page.getByLabel('One-time password').fill(site.oneTimePassword);
  await page.getByLabel('New password', { exact: true }).fill('short');
  await page.getByLabel('New password again').fill('short');
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page.getByText('Use at least 12 characters.')).toBeVisible();

  await page.getByLabel('New password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('New password again').fill(PASSWORD);
  await page.getByRole('button', { name: 'Change password' }).click();
  await expect(page).toHaveURL('/');
  await expect(page.getByText('No stages yet').first()).toBeVisible();
});

test('the one-time password works once', async ({ page, site }) => {
  await page.goto('/sign-in');
  await fillSignIn(page, 'admin', site.oneTimePassword);
  await expect(page.getByRole('alert').getByText('Name and password don’t match')).toBeVisible();
});

test('signing out ends the session at once, for every copy of its cookie', async ({
  page,
  browser,
  site,
}) => {
  await page.goto('/sign-in');
  await fillSignIn(page, 'admin', PASSWORD);
  await expect(page.getByRole('button', { name: /account menu/ })).toBeVisible();
  const copy = await browser.newContext({
    baseURL: site.url,
    storageState: await page.context().storageState(),
  });
  expect((await copy.request.get('/api/me')).status()).toBe(200);
  await page.getByRole('button', { name: /account menu/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page).toHaveURL(/\/sign-in/);
  expect((await copy.request.get('/api/me')).status()).toBe(401);
  await copy.close();
});

test('what is typed before the page’s script runs is kept', async ({ page }) => {
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  await page.route('**/_next/static/**/*.js', async (route) => {
    await held;
    await route.continue();
  });
  await page.goto('/sign-in', { waitUntil: 'commit' });
  await page.getByLabel('Name').fill('admin');
  await page.getByLabel('Password').fill(PASSWORD);
  await expect(page.getByRole('button', { name: 'Sign in' })).toBeDisabled();
  release();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('button', { name: /account menu/ })).toBeVisible();
});

test('someone who is disabled is out at once', async ({ page, browser, site }) => {
  const added = JSON.parse(
    await treeline(site.server.home, ['person', 'add', 'looker', '--role=viewer', '--json']),
  );
  const context = await browser.newContext({ baseURL: site.url });
  const looker = await context.newPage();
  await looker.goto('/sign-in');
  await fillSignIn(looker, 'looker', added.oneTimePassword);
  await expect(looker).toHaveURL(/\/change-password/);

  await signIn(page, 'admin', PASSWORD);
  await page.goto('/settings/people');
  await page.getByRole('button', { name: 'Disable looker' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByRole('row', { name: /looker/ })).toContainText('disabled');
  expect((await looker.request.get('/api/me')).status()).toBe(401);
  await looker.reload();
  await expect(looker).toHaveURL(/\/sign-in/);
  await context.close();
});

test('a wrong password and an unknown name are refused alike, and what was typed stays', async ({ page }) => {
  for (const name of ['admin', 'nobody-at-all']) {
    await page.goto('/sign-in');
    await fillSignIn(page, name, 'not the password at all');
    await expect(page.getByRole('alert').getByText('Name and password don’t match')).toBeVisible();
    await expect(page.getByLabel('Name')).toHaveValue(name);
  }
});

test('after ten wrong passwords the account is closed for a while, to the right one too', async ({
  page,
}) => {
  const refused = page.getByRole('alert');
  await page.goto('/sign-in');
  for (let attempt = 0; attempt < 10; attempt++) {
    await fillSignIn(page, 'admin', `guess number ${attempt}`);
    await expect(refused).toBeVisible();
    if ((await refused.textContent())?.includes('Too many attempts')) break;
  }
  await fillSignIn(page, 'admin', PASSWORD);
  await expect(refused.getByText('Too many attempts')).toBeVisible();
  await expect(page).toHaveURL(/\/sign-in/);
});
