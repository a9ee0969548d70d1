import { writeFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures/fresh-test';
import { OstreeClient } from './fixtures/ostree-client';
import { approve, askForPromotion, expectPublished } from './fixtures/promotion-page';
import { run } from './fixtures/run';
import { signInFirst } from './fixtures/sign-in-first';

test.use({ scenario: 'set-up' });

async function addStage(page: Page, name: string, repo: string): Promise<void> {
  await page.goto('/settings/stages');
  await page.getByLabel('Repository').fill(repo);
  await page.getByRole('button', { name: 'Look at it' }).click();
  await expect(page.getByRole('region', { name: 'What was found' })).toContainText('archive');
  await page.getByLabel('Stage name').fill(name);
  await page.getByRole('button', { name: 'Add this stage' }).click();
  await expect(page).toHaveURL(new RegExp(`/settings/stages/${name}$`));
}

async function addPerson(page: Page, name: string, role: string): Promise<string> {
  await page.goto('/settings/people');
  await page.getByRole('button', { name: 'Add a person' }).click();
  const dialog = page.getByRole('dialog', { name: 'Add a person' });
  await dialog.getByLabel('Name', { exact: true }).fill(name);
  await dialog.getByLabel('Display name').fill(name);
  await dialog.getByLabel('Role').selectOption(role);
  await dialog.getByRole('button', { name: 'Add' }).click();
  const shown = page.getByRole('dialog', { name: `One-time password for ${name}` });
  const password = (await shown.locator('code').textContent()) ?? '';
  await shown.getByRole('button', { name: 'I have it' }).click();
  await expect(page.getByRole('row', { name: new RegExp(name) })).toContainText('one-time password');
  return password;
}

test('a team points it at its own repositories and publishes the same afternoon', async ({
  browser,
  site,
}) => {
  test.setTimeout(240_000);
  const dev = await site.makeRepository('dev', ['1.0', '1.1']);
  const live = await site.makeRepository('live', []);
  await run('ostree', ['pull-local', `--repo=${live}`, dev, 'os/main^']).catch(() => undefined);
  const open = async () => (await browser.newContext({ baseURL: site.url })).newPage();
  const admin = await open();
  await signInFirst(admin, 'admin', site.oneTimePassword);

  await test.step('a path that is no repository is refused by name', async () => {
    await admin.goto('/settings/stages');
    await admin.getByLabel('Repository').fill(site.folder);
    await admin.getByRole('button', { name: 'Look at it' }).click();
    await expect(
      admin
        .getByRole('alert')
        .or(admin.getByText(/Problem:/))
        .first(),
    ).toContainText(site.folder);
    await expect(admin.getByRole('button', { name: 'Add this stage' })).toHaveCount(0);
  });

  await test.step('stages, keys, an edge and people', async () => {
    await addStage(admin, 'dev', dev);
    await addStage(admin, 'live', live);
    for (const kind of ['ed25519', 'gpg']) {
      await admin.getByRole('button', { name: 'Generate a key' }).click();
      const dialog = admin.getByRole('dialog', { name: 'Generate a key for live' });
      await dialog.getByLabel('Kind').selectOption(kind);
      await dialog.getByRole('button', { name: 'Generate' }).click();
      await expect(dialog).toBeHidden({ timeout: 30_000 });
    }
    await expect(admin.getByRole('table', { name: 'Keys' }).getByText('signs')).toHaveCount(2);
    await admin.goto('/settings/edges');
    await admin.getByRole('button', { name: 'Add an edge' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Add an edge' });
    await dialog.getByLabel('From').selectOption('dev');
    await dialog.getByLabel('To').selectOption('live');
    await dialog.getByLabel('Refs').fill('os/**');
    await dialog.getByRole('button', { name: 'Add this edge' }).click();
    await expect(dialog).toBeHidden();
    await expect(admin.getByRole('table', { name: 'Edges' })).toContainText('os/**');
  });
  const managerPassword = await addPerson(admin, 'maker', 'release-manager');
  const reviewerPassword = await addPerson(admin, 'checker', 'reviewer');

  const manager = await open();
  await signInFirst(manager, 'maker', managerPassword);
  const asked = await askForPromotion(manager, { from: 'dev', to: 'live', reason: 'First release' });
  const reviewer = await open();
  await signInFirst(reviewer, 'checker', reviewerPassword);
  await approve(reviewer, asked, 'live');
  await expectPublished(manager);

  await test.step('and a device pulls it', async () => {
    const client = await OstreeClient.create();
    try {
      const key = await manager.request.get(await keyHref(manager));
      writeFileSync(`${client.folder}/live.gpg`, await key.body());
      await client.ostree(
        'remote',
        'add',
        '--set=gpg-verify-summary=true',
        `--gpg-import=${client.folder}/live.gpg`,
        'live',
        `${site.server.repoUrl}/live`,
      );
      await client.ostree('pull', 'live', 'os/main');
      const [theirs, ours] = [
        await client.ostree('rev-parse', 'live:os/main'),
        await run('ostree', ['rev-parse', `--repo=${dev}`, 'os/main']),
      ];
      expect(theirs).toBe(ours);
      await client.ostree('fsck');
    } finally {
      client.remove();
    }
  });
});

async function keyHref(page: Page): Promise<string> {
  await page.goto('/stages/live');
  const card = page.getByRole('region', { name: 'Pull from here' });
  return (await card.getByRole('link', { name: /gpg|asc/ }).getAttribute('href')) ?? '';
}
