import type { Browser, Page } from '@playwright/test';
import type { Demo } from './fixtures/demo';
import { inspect } from './fixtures/inspect';
import { approve, askForPromotion, expectPublished } from './fixtures/promotion-page';
import { treeline } from './fixtures/run';
import { signInFirst } from './fixtures/sign-in-first';
import { expect, test } from './fixtures/test';

test.use({ scenario: 'approval-rules' });
test.describe.configure({ mode: 'serial' });

/** Somebody who is not in the demo, with a browser of their own. */
async function newReviewer(browser: Browser, demo: Demo, name: string): Promise<Page> {
  const added = JSON.parse(await treeline(demo.home, ['person', 'add', name, '--role=reviewer', '--json']));
  const page = await (await browser.newContext({ baseURL: demo.url })).newPage();
  await signInFirst(page, name, added.oneTimePassword);
  return page;
}

/** The list of rules on a promotion's page. */
const rulesOf = (page: Page) => page.getByRole('list', { name: 'Approval rules' }).getByRole('listitem');
const decisionsOf = (page: Page) => page.getByRole('list', { name: 'Decisions' }).getByRole('listitem');

let guard: Page;

test('an admin makes a group and asks for one of each; the editor says what that voids', async ({
  as,
  browser,
  demo,
}) => {
  test.setTimeout(600_000);
  guard = await newReviewer(browser, demo, 'guard');
  const manager = await as('release-manager');
  const asked = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'Under the old rules' });

  const admin = await as('admin');
  await test.step('the group', async () => {
    await admin.goto('/settings/groups');
    await expect(admin.getByRole('row', { name: /release/ })).toContainText('staging to production');
    await admin.getByRole('button', { name: 'Add a group' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Add a group' });
    await dialog.getByRole('button', { name: 'Add this group' }).click();
    await expect(dialog.getByLabel('Name')).toBeFocused();
    await dialog.getByLabel('Name').fill('security');
    await dialog.getByRole('checkbox', { name: 'guard' }).check();
    await inspect(admin, 'group-dialog');
    await dialog.getByRole('button', { name: 'Add this group' }).click();
    await expect(dialog).toBeHidden();
    await expect(admin.getByRole('row', { name: /security/ })).toContainText('guard');
  });

  await test.step('the rules of the edge', async () => {
    await admin.goto('/settings/edges');
    await admin.getByRole('button', { name: 'Change edge dev to staging' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Change dev → staging' });
    const effect = dialog.getByRole('region', { name: 'What saving would change' });
    await expect(effect).toContainText('Nothing changes yet');
    await dialog.getByLabel('Rule 1: of which group').selectOption('release');
    await dialog.getByRole('button', { name: 'Add a rule' }).click();
    await dialog.getByLabel('Rule 2: of which group').selectOption('security');
    await expect(effect).toContainText(`#${asked.number}`);
    await expect(effect).toContainText('becomes stale and must be retried');
    await inspect(admin, 'edge-dialog');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    const row = admin.getByRole('row', { name: /dev to staging/ });
    await expect(row).toContainText('1 of release');
    await expect(row).toContainText('1 of security');
  });
  await expect(manager.getByText(/^stale/).first()).toBeVisible();
});

test('one of release and one of security let it through, each shown by rule', async ({ as }) => {
  test.setTimeout(600_000);
  const manager = await as('release-manager');
  const asked = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'Under both rules' });
  await expect(rulesOf(manager)).toHaveCount(2);
  await expect(rulesOf(manager).first()).toContainText('still may: Reviewer');

  const reviewer = await as('reviewer');
  await reviewer.goto('/approvals');
  const mine = reviewer.getByRole('table', { name: 'Promotions that wait for you' });
  const row = mine.getByRole('row', { name: new RegExp(`#${asked.number} `) });
  await expect(row.getByRole('listitem').first()).toHaveText('1 of release (you are in it)');
  await inspect(reviewer, 'approvals-by-rule');
  await approve(reviewer, asked, 'staging', 'Booted it');
  await expect(rulesOf(reviewer).first()).toContainText('Reviewer');
  await expect(reviewer.getByText('needs security')).toBeVisible();
  await expect(reviewer.getByRole('button', { name: 'Approve this plan' })).toBeHidden();
  await inspect(reviewer, 'promotion-rules');
  // What it still needs is nobody's of release.
  await reviewer.goto('/approvals');
  const others = reviewer.getByRole('table', { name: 'Promotions that wait for others' });
  await expect(others.getByRole('row', { name: new RegExp(`#${asked.number} `) })).toContainText(
    '1 of security',
  );

  await approve(guard, asked, 'staging', 'No new listening port');
  await expectPublished(manager);
  await expect(rulesOf(manager).nth(1)).toContainText('guard');
});

test('who is in no group of the rules approves nothing, by the page or by the API', async ({
  as,
  browser,
  demo,
}) => {
  const outsider = await newReviewer(browser, demo, 'outsider');
  await outsider.goto('/approvals');
  await outsider
    .getByRole('table', { name: 'Promotions that wait for others' })
    .getByRole('link', { name: /to production/ })
    .click();
  await expect(outsider.getByRole('button', { name: 'Reject' })).toBeVisible();
  await expect(outsider.getByRole('button', { name: 'Approve this plan' })).toBeHidden();
  await expect(outsider.getByText('Its rules ask for release, and you are not in that group.')).toBeVisible();
  const answer = await outsider.evaluate(async (number) => {
    const { planChecksum } = await (await fetch(`/api/promotions/${number}`)).json();
    const response = await fetch(`/api/promotions/${number}/approvals`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ decision: 'approve', planChecksum, comment: '' }),
    });
    return { status: response.status, code: (await response.json()).code };
  }, outsider.url().split('/').at(-1));
  expect(answer).toEqual({ status: 403, code: 'forbidden' });

  const manager = await as('release-manager');
  await manager.goto('/');
  const tried = await manager.evaluate(async () => {
    const send = async (method: string, path: string, body: unknown) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(path, { method, headers, body: JSON.stringify(body) })).status;
    };
    return [
      await send('POST', '/api/groups', { name: 'mine' }),
      await send('PATCH', '/api/groups/any', { members: [] }),
      await send('POST', '/api/groups/any/preview', { members: [] }),
      await send('DELETE', '/api/groups/any', {}),
      await send('POST', '/api/edges/any/preview', {}),
    ];
  });
  expect(tried).toEqual([403, 403, 403, 403, 403]);
});

test('who is put out of a group takes their approval along, and the page says why', async ({ as, demo }) => {
  test.setTimeout(600_000);
  await treeline(demo.home, ['group', 'set', 'security', 'guard', 'outsider']);
  const edges: { id: string; to: string }[] = JSON.parse(
    await treeline(demo.home, ['edge', 'list', '--json']),
  );
  const admin = await as('admin');
  const edge = edges.find(({ to }) => to === 'production');
  await admin.goto('/');
  const rules = { approvalRules: ['release', 'security'].map((group) => ({ group, required: 1 })) };
  const status = await admin.evaluate(
    async ([id, body]) => {
      const headers = { 'content-type': 'application/json' };
      return (await fetch(`/api/edges/${id}`, { method: 'PATCH', headers, body: JSON.stringify(body) }))
        .status;
    },
    [edge?.id, rules] as const,
  );
  expect(status).toBe(200);
  const manager = await as('release-manager');
  const asked = await askForPromotion(manager, { from: 'staging', to: 'production', reason: 'Soaked' });
  await approve(guard, asked, 'production', 'Looked at it');

  await admin.goto('/settings/groups');
  await admin.getByRole('button', { name: 'Change the group security' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Change the group security' });
  await dialog.getByRole('checkbox', { name: 'guard' }).uncheck();
  const effect = dialog.getByRole('region', { name: 'What saving would change' });
  await expect(effect).toContainText('Saving voids one approval on one promotion');
  await expect(effect).toContainText('guard');
  await inspect(admin, 'group-effect');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();

  await manager.goto(asked.path);
  await expect(decisionsOf(manager)).toHaveCount(1);
  await expect(decisionsOf(manager)).toContainText('void');
  await expect(decisionsOf(manager)).toContainText('guard left the group security');
  await expect(rulesOf(manager).nth(1)).toContainText('still may: outsider');
  await inspect(manager, 'promotion-voided');
});
