import type { Page } from '@playwright/test';
import { inspect } from './fixtures/inspect';
import { approve, askForPromotion, expectPublished, stepsOf } from './fixtures/promotion-page';
import { run, treeline } from './fixtures/run';
import { signIn } from './fixtures/sign-in';
import { signInFirst } from './fixtures/sign-in-first';
import { expect, test } from './fixtures/test';
import { until } from './fixtures/until';

test.use({ scenario: 'roles' });
test.describe.configure({ mode: 'serial' });

const REF = 'aurora/x86_64/stable';

/** The promotion of the demo that waits for approval into production. */
async function waitingForProduction(page: Page): Promise<{ number: number; path: string }> {
  await page.goto('/promotions?state=requested');
  const link = page.getByRole('link', { name: /to production/ }).first();
  const path = (await link.getAttribute('href')) ?? '';
  return { number: Number(path.split('/').at(-1)), path };
}

/** What the API answers the page's own person. */
function ask(page: Page, path: string, body: object): Promise<{ status: number; detail: string }> {
  return page.evaluate(
    async (sent) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(sent.path, { method: 'POST', headers, body: JSON.stringify(sent.body) });
      return { status: answer.status, detail: (await answer.json()).detail };
    },
    { path, body },
  );
}

test('a role for production takes the place of the other there: who loses it decides nothing, who gets it does', async ({
  as,
  demo,
  browser,
}) => {
  test.setTimeout(300_000);
  const admin = await as('admin');
  const reviewer = await as('reviewer');
  const { number, path } = await waitingForProduction(reviewer);
  await reviewer.goto(path);
  await expect(reviewer.getByRole('button', { name: 'Approve this plan' })).toBeVisible();

  await test.step('an admin makes the reviewer a viewer for production', async () => {
    await admin.goto('/settings/people');
    await admin.getByRole('button', { name: 'Change reviewer' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Change reviewer' });
    // With the keyboard alone.
    await dialog.getByLabel('production').focus();
    await admin.keyboard.type('Viewer');
    await expect(dialog.getByLabel('production')).toHaveValue('viewer');
    await inspect(admin, 'person-stage-roles');
    await admin.keyboard.press('Enter');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(admin.getByRole('list', { name: 'Roles of reviewer for single stages' })).toContainText(
      'Viewer for production',
    );
  });
  await test.step('who is signed out, and then decides on nothing that leads there', async () => {
    await reviewer.reload();
    await expect(reviewer).toHaveURL(/\/sign-in/);
    await signIn(reviewer, 'reviewer', demo.passwordOf('reviewer'));
    await reviewer.goto(path);
    await expect(reviewer.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(reviewer.getByRole('button', { name: 'Approve this plan' })).toHaveCount(0);
    const { planChecksum } = await reviewer.evaluate(
      async (url) => (await fetch(url)).json(),
      `/api/promotions/${number}`,
    );
    const refused = await ask(reviewer, `/api/promotions/${number}/approvals`, {
      decision: 'approve',
      planChecksum,
      comment: '',
    });
    expect(refused.status).toBe(403);
    expect(refused.detail).toContain('your role for production is viewer');
    await reviewer.goto('/approvals');
    await expect(reviewer.getByRole('region', { name: 'Waiting for others' })).toContainText(`#${number}`);
    await reviewer.getByRole('button', { name: /account menu/ }).click();
    await expect(reviewer.getByText('Viewer for production')).toBeVisible();
  });
  await test.step('somebody new is a viewer, and a reviewer for staging: they approve what leads there', async () => {
    const manager = await as('release-manager');
    const asked = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'The next release' });
    await admin.getByRole('button', { name: 'Add a person' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Add a person' });
    await dialog.getByLabel('Name', { exact: true }).fill('field-reviewer');
    await dialog.getByLabel('Display name').fill('Field reviewer');
    await dialog.getByLabel('Role').selectOption('admin');
    await expect(dialog.getByLabel('production')).toHaveCount(0);
    await dialog.getByLabel('Role').selectOption('viewer');
    await dialog.getByLabel('staging').selectOption('reviewer');
    await dialog.getByRole('button', { name: 'Add' }).click();
    const shown = admin.getByRole('dialog', { name: 'One-time password for field-reviewer' });
    const password = (await shown.locator('code').textContent()) ?? '';
    await shown.getByRole('button', { name: 'I have it' }).click();
    await inspect(admin, 'settings-people-stage-roles');

    const context = await browser.newContext({ baseURL: demo.url, viewport: { width: 1360, height: 900 } });
    const page = await context.newPage();
    await signInFirst(page, 'field-reviewer', password);
    await page.goto('/approvals');
    await expect(page.getByRole('region', { name: 'Waiting for you' })).toContainText(`#${asked.number}`);
    await expect(page.getByRole('region', { name: 'Waiting for others' })).toContainText(`#${number}`);
    await approve(page, asked, 'staging', 'Seen in the field');
    await expectPublished(page);
    await context.close();
  });
  await run('ostree', ['fsck', '--quiet', `--repo=${demo.repoOf('staging')}`]);
  await treeline(demo.home, ['person', 'set', 'reviewer', '--drop-role-for=production']);
  await signIn(reviewer, 'reviewer', demo.passwordOf('reviewer'));
});

test('what freezes a stage and what comes next shows on its pages, an override is taken back, and past the commit point nothing is cancelled', async ({
  as,
  demo,
}) => {
  test.setTimeout(400_000);
  const hours = (count: number) => new Date(Date.now() + count * 3_600_000).toISOString().slice(0, 16);
  const window = (name: string, from: number, to: number) =>
    treeline(demo.home, [
      'freeze',
      'add',
      name,
      `--start=${hours(from)}`,
      `--end=${hours(to)}`,
      '--zone=UTC',
      '--stage=production',
      '--reason=The tills are being set up',
    ]);
  const manager = await as('release-manager');
  const reviewer = await as('reviewer');
  const admin = await as('admin');
  await window('Moving house', 78, 90);
  for (const path of ['/', '/stages/production', `/stages/production/refs/${REF}`]) {
    await manager.goto(path);
    await expect(manager.getByText(/^Freezes in 3 days by Moving house, until /)).toBeVisible();
  }
  const asked = await waitingForProduction(manager);
  await window('Store opening', -1, 9);
  for (const path of ['/stages/production', `/stages/production/refs/${REF}`]) {
    await manager.goto(path);
    await expect(manager.getByText(/^Frozen until .* by Store opening$/)).toBeVisible();
    await expect(manager.getByText(/^Freezes again in 3 days by Moving house/)).toBeVisible();
    await inspect(manager, path.includes('refs') ? 'ref-frozen' : 'stage-frozen');
  }
  await approve(reviewer, asked, 'production');
  await expect(reviewer.getByText('waits: frozen').first()).toBeVisible();

  // A worker that does not look holds the run where the override has not been used yet.
  const worker = await until('the worker', () => demo.server.pidOf('worker'));
  process.kill(worker, 'SIGSTOP');
  try {
    await treeline(demo.home, ['freeze', 'override', String(asked.number), '--reason=The tills need it']);
    await manager.goto(asked.path);
    await expect(manager.getByText('Freeze overridden.')).toBeVisible();
    await reviewer.goto(asked.path);
    await expect(reviewer.getByRole('button', { name: 'Reinstate the freeze' })).toHaveCount(0);
    expect(
      (await ask(reviewer, `/api/promotions/${asked.number}/reinstate-freeze`, { reason: 'not now' })).status,
    ).toBe(403);
    await manager.getByRole('button', { name: 'Reinstate the freeze' }).focus();
    await manager.keyboard.press('Enter');
    const dialog = manager.getByRole('dialog', { name: `Reinstate the freeze for #${asked.number}?` });
    await dialog.getByRole('button', { name: 'Reinstate the freeze' }).click();
    // Without a reason it goes nowhere.
    await expect(dialog.getByLabel('Reason')).toBeFocused();
    await manager.keyboard.type('The tills can wait');
    await inspect(manager, 'reinstate-dialog');
    await dialog.getByRole('button', { name: 'Reinstate the freeze' }).click();
    await expect(dialog).toBeHidden();
    await expect(manager.getByText('Freeze override, withdrawn.')).toBeVisible();
    await expect(manager.getByText('waits: frozen').first()).toBeVisible();
    await inspect(manager, 'promotion-freeze-reinstated');
  } finally {
    process.kill(worker, 'SIGCONT');
  }
  await admin.goto(`/history?promotion=${asked.number}`);
  const events = admin.getByRole('table', { name: /^Events/ });
  await expect(events.getByText(/withdrew the override of a freeze \(Store opening\)/)).toHaveCount(1);
  await expect(events.getByText(/published/)).toHaveCount(0);

  // Clients are not answered, so the probe holds the run after its refs have moved.
  const repoServer = await until('the repository server', () => demo.server.pidOf('repo-server'));
  process.kill(repoServer, 'SIGSTOP');
  try {
    await manager.goto(asked.path);
    await treeline(demo.home, ['freeze', 'remove', 'Store opening']);
    await expect(
      stepsOf(manager)
        .getByRole('listitem')
        .filter({ hasText: /publish, done/ }),
    ).toBeVisible();
    await expect(
      manager.getByText('No cancelling: Its refs are being published; it only goes forward.'),
    ).toBeVisible();
    await expect(manager.getByRole('button', { name: 'Cancel this run' })).toHaveCount(0);
    await expect(manager.getByRole('button', { name: 'Reinstate the freeze' })).toHaveCount(0);
    const refused = await ask(manager, `/api/promotions/${asked.number}/cancel`, {});
    expect(refused).toMatchObject({ status: 409, detail: expect.stringContaining('it only goes forward') });
    // Who could not cancel it anyway is told nothing of it.
    await expect(reviewer.getByText('running', { exact: true }).first()).toBeVisible();
    await expect(reviewer.getByText(/^No cancelling/)).toHaveCount(0);
    await inspect(manager, 'promotion-past-cancelling');
  } finally {
    process.kill(repoServer, 'SIGCONT');
  }
  await expectPublished(manager);
});

test('a token is made for what leads into one stage alone', async ({ as, demo }) => {
  const admin = await as('admin');
  await treeline(demo.home, ['service-account', 'add', 'ci']);
  await admin.goto('/settings/tokens');
  await admin.getByRole('button', { name: 'Make a token for ci' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Make a token for ci' });
  await dialog.getByLabel('Name', { exact: true }).fill('nightly');
  await dialog.getByRole('checkbox', { name: 'promotions:request' }).check();
  await dialog.getByLabel('Held by').selectOption('release-manager');
  await dialog.getByRole('checkbox', { name: /^Only for what leads into some/ }).check();
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  await expect(dialog.getByText('choose at least one')).toBeVisible();
  await dialog.getByRole('checkbox', { name: 'staging' }).check();
  await inspect(admin, 'token-for-stage');
  await dialog.getByRole('button', { name: 'Make the token' }).click();
  const shown = admin.getByRole('dialog', { name: 'Token for ci', exact: true });
  const secret = (await shown.locator('code').first().textContent()) ?? '';
  await shown.getByRole('button', { name: 'I have it' }).click();
  await expect(admin.getByRole('table', { name: 'Tokens of ci' })).toContainText('for staging alone');
  const headers = { authorization: `Bearer ${secret}`, 'content-type': 'application/json' };
  const edges = await (await fetch(`${demo.url}/api/edges`, { headers })).json();
  for (const { id, to } of edges.items as { id: string; to: string }[]) {
    const body = JSON.stringify({ edge: id, refs: [{ ref: REF }] });
    const { status } = await fetch(`${demo.url}/api/plans`, { method: 'POST', headers, body });
    expect(status === 403, `${to}: ${status}`).toBe(to !== 'staging');
  }
});

test('at 390 px the way back from a ref’s history is in reach without scrolling sideways', async ({ as }) => {
  const manager = await as('release-manager');
  await manager.setViewportSize({ width: 390, height: 900 });
  await manager.goto(`/stages/staging/refs/${REF}`);
  const back = manager.getByRole('link', { name: /^Roll back to/ }).first();
  await expect(back).toBeInViewport({ ratio: 1 });
  const history = manager.getByRole('table', { name: 'Commits, newest first' });
  const { scrollWidth, clientWidth } = await history.evaluate((table) => ({
    scrollWidth: table.parentElement?.scrollWidth ?? 0,
    clientWidth: table.parentElement?.clientWidth ?? 0,
  }));
  expect(scrollWidth).toBeLessThanOrEqual(clientWidth);
  await inspect(manager, 'ref-history-narrow');
});
