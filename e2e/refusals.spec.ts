import type { Page } from '@playwright/test';
import { askForPromotion, planTable } from './fixtures/promotion-page';
import { treeline } from './fixtures/run';
import { signIn } from './fixtures/sign-in';
import { expect, test } from './fixtures/test';

test.use({ scenario: 'refusals' });

/** Sends a write as the page itself would, with its cookies and from its origin. */
async function send(
  page: Page,
  method: string,
  path: string,
  body: unknown,
): Promise<{ status: number; code: string }> {
  return page.evaluate(
    async ({ method, path, body }) => {
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(path, { method, headers, body: JSON.stringify(body) });
      const text = await answer.text();
      return { status: answer.status, code: text === '' ? '' : (JSON.parse(text).code ?? '') };
    },
    { method, path, body },
  );
}

test('whoever asked cannot approve it: no button, and no by the API', async ({ as }) => {
  const manager = await as('release-manager');
  const asked = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'My own wish' });
  await expect(manager.getByRole('button', { name: 'Withdraw' })).toBeVisible();
  await expect(manager.getByRole('button', { name: 'Approve this plan' })).toBeHidden();
  const { planChecksum } = await manager.evaluate(
    async (number) => (await fetch(`/api/promotions/${number}`)).json(),
    asked.number,
  );
  const approval = { decision: 'approve', planChecksum, comment: '' };
  const answer = await send(manager, 'POST', `/api/promotions/${asked.number}/approvals`, approval);
  expect(answer.status).toBe(403);

  const reviewer = await as('reviewer');
  await reviewer.goto(asked.path);
  const other = { ...approval, planChecksum: '0'.repeat(64) };
  const stale = await send(reviewer, 'POST', `/api/promotions/${asked.number}/approvals`, other);
  expect(stale).toEqual({ status: 409, code: 'plan-changed' });
  expect((await send(reviewer, 'POST', `/api/promotions/${asked.number}/withdraw`, {})).status).toBe(403);
  await send(manager, 'POST', `/api/promotions/${asked.number}/withdraw`, {});
});

test('a viewer reads, and is offered nothing to change', async ({ browser, demo }) => {
  const added = JSON.parse(await treeline(demo.home, ['person', 'add', 'looker', '--role=viewer', '--json']));
  const context = await browser.newContext({ baseURL: demo.url });
  const viewer = await context.newPage();
  await signIn(viewer, 'looker', added.oneTimePassword);
  await viewer.getByLabel('One-time password').fill(added.oneTimePassword);
  await viewer.getByLabel('New password', { exact: true }).fill('nothing but looking around');
  await viewer.getByLabel('New password again').fill('nothing but looking around');
  await viewer.getByRole('button', { name: 'Change password' }).click();

  await expect(viewer.getByRole('region', { name: 'Stage dev' })).toBeVisible();
  await expect(viewer.getByRole('link', { name: /^Promote/ })).toHaveCount(0);
  const main = viewer.getByRole('navigation', { name: 'Main' });
  await expect(main.getByRole('link', { name: 'Approvals' })).toBeVisible();
  await expect(main.getByRole('link', { name: 'Settings' })).toHaveCount(0);
  await expect(main.getByRole('link', { name: 'History' })).toHaveCount(0);
  await viewer.goto('/approvals');
  const waiting = viewer.getByRole('region', { name: 'Waiting for others' }).getByRole('link').first();
  await waiting.click();
  await expect(planTable(viewer, 'What will happen')).toBeVisible();
  for (const name of ['Approve this plan', 'Reject', 'Withdraw', 'Retry']) {
    await expect(viewer.getByRole('button', { name })).toHaveCount(0);
  }

  const number = viewer.url().split('/').at(-1);
  const writes: [method: string, path: string, body: unknown][] = [
    ['POST', '/api/plans', { edge: 'any', refs: [{ ref: 'aurora/x86_64/stable' }] }],
    [
      'POST',
      '/api/promotions',
      { edge: 'any', refs: [{ ref: 'a' }], planChecksum: '0'.repeat(64), reason: 'because' },
    ],
    [
      'POST',
      `/api/promotions/${number}/approvals`,
      { decision: 'approve', planChecksum: '0'.repeat(64), comment: '' },
    ],
    ['POST', `/api/promotions/${number}/withdraw`, {}],
    ['POST', `/api/promotions/${number}/retry`, {}],
    [
      'POST',
      `/api/promotions/${number}/override-freeze`,
      { planChecksum: '0'.repeat(64), reason: 'because' },
    ],
    ['POST', '/api/holds', { stage: 'staging', ref: 'a', scope: 'every', reason: 'because' }],
    ['POST', '/api/holds/any/lift', { reason: 'because' }],
    ['POST', '/api/retirements/any/stop', { reason: 'because' }],
    ['PATCH', '/api/freezes/any', { name: 'mine' }],
    ['DELETE', '/api/freezes/any', {}],
    ['POST', '/api/stages', { name: 'mine', repoPath: '/tmp' }],
    ['POST', '/api/stages/inspect', { repoPath: '/etc' }],
    ['PATCH', '/api/stages/dev', { position: 3 }],
    ['POST', '/api/stages/dev/adopt', { refs: [] }],
    ['POST', '/api/stages/dev/keys', { action: 'generate', type: 'ed25519' }],
    ['POST', '/api/edges', { from: 'dev', to: 'production', refGlobs: ['**'] }],
    ['PATCH', '/api/edges/any', { verifyObjects: false }],
    ['POST', '/api/edges/any/preview', { verifyObjects: false }],
    ['POST', '/api/groups', { name: 'mine' }],
    ['PATCH', '/api/groups/any', { members: [] }],
    ['POST', '/api/groups/any/preview', { members: [] }],
    ['DELETE', '/api/groups/any', {}],
    ['POST', '/api/people', { name: 'friend', displayName: 'Friend', role: 'admin' }],
    ['PATCH', '/api/people/any', { role: 'admin' }],
    ['POST', '/api/service-accounts', { name: 'mine', displayName: 'Mine' }],
    ['PATCH', '/api/service-accounts/any', { isDisabled: false }],
    [
      'POST',
      '/api/service-accounts/any/tokens',
      { name: 'mine', scopes: ['read'], expiresInDays: 1, holder: 'looker' },
    ],
    ['DELETE', '/api/tokens/any', {}],
  ];
  for (const [method, path, body] of writes) {
    const answer = await send(viewer, method, path, body);
    expect(answer.status, `${method} ${path}`).toBe(path === '/api/plans' ? answer.status : 403);
    expect(answer.status, `${method} ${path}`).toBeGreaterThanOrEqual(400);
  }
  for (const path of [
    '/api/audit',
    '/api/audit/export',
    '/api/people',
    '/api/groups',
    '/api/service-accounts',
  ]) {
    const status = await viewer.evaluate(async (url) => (await fetch(url)).status, path);
    expect(status, path).toBe(403);
  }
  await context.close();
});

test('an admin sets up and decides nothing', async ({ as }) => {
  const admin = await as('admin');
  await admin.goto('/approvals');
  await admin.getByRole('region', { name: 'Waiting for others' }).getByRole('link').first().click();
  await expect(planTable(admin, 'What will happen')).toBeVisible();
  await expect(admin.getByRole('button', { name: 'Approve this plan' })).toHaveCount(0);
  await expect(admin.getByRole('link', { name: /^Promote/ })).toHaveCount(0);
});

test('a write from another origin is refused, whatever cookies it brings', async ({ as, demo }) => {
  const manager = await as('release-manager');
  await manager.goto('/');
  for (const origin of ['http://elsewhere.example', 'null', demo.repoUrl]) {
    const answer = await manager.request.post('/api/me/password', {
      headers: { origin },
      data: { currentPassword: 'x', newPassword: 'another long password' },
    });
    expect(answer.status(), origin).toBe(403);
    expect((await answer.json()).code).toBe('origin-refused');
  }
});

test('what is not there says so, without a trace of the inside', async ({ as }) => {
  const manager = await as('release-manager');
  for (const path of [
    '/promotions/99999',
    '/stages/nowhere',
    `/commits/${'0'.repeat(64)}`,
    '/no/such/page',
  ]) {
    await manager.goto(path);
    await expect(manager.getByRole('main')).toContainText(/not|no such|isn’t/i);
    await expect(manager.getByText(/node_modules|Prisma|at Object/)).toHaveCount(0);
  }
});
