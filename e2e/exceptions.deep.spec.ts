import { join } from 'node:path';
import { createClient } from '@libsql/client';
import type { Locator, Page } from '@playwright/test';
import type { Demo } from './fixtures/demo';
import { inspect } from './fixtures/inspect';
import { approve, expectPublished, planTable, stepsOf } from './fixtures/promotion-page';
import { run, treeline } from './fixtures/run';
import { expect, test } from './fixtures/test';
import { until } from './fixtures/until';

test.use({ scenario: 'exceptions' });
test.describe.configure({ mode: 'serial' });

const REFS = ['aurora/x86_64/stable', 'aurora/aarch64/stable'] as const;

/** The form with these refs chosen, and their plan on it. */
async function openForm(page: Page, edge: string, refs: readonly string[]): Promise<void> {
  const query = new URLSearchParams([['edge', edge], ...refs.map((ref) => ['ref', ref])]);
  await page.goto(`/promotions/new?${query}`);
  await expect(planTable(page, 'What will happen')).toBeVisible();
}

function askedNow(page: Page): { number: number; path: string } {
  const path = new URL(page.url()).pathname;
  return { number: Number(path.split('/').at(-1)), path };
}

async function tabTo(page: Page, wanted: Locator): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    if (await wanted.evaluate((element) => element === document.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${wanted} can't be reached by the keyboard`);
}

const head = async (demo: Demo, stage: string, ref: string = REFS[0]) =>
  (await run('ostree', ['rev-parse', `--repo=${demo.repoOf(stage)}`, ref])).trim();

let newer: { number: number; path: string };

test('a newer request takes the place of an older one, where its asker says so', async ({ as }) => {
  test.setTimeout(300_000);
  const manager = await as('release-manager');
  const reviewer = await as('reviewer');
  await openForm(manager, 'dev..staging', [REFS[0]]);
  await manager.getByLabel('Reason').fill('One architecture');
  await manager.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(manager).toHaveURL(/\/promotions\/\d+$/);
  const older = askedNow(manager);
  await reviewer.goto(older.path);
  await expect(reviewer.getByRole('button', { name: 'Approve this plan' })).toBeVisible();

  await openForm(manager, 'dev..staging', REFS);
  await manager.getByLabel('Reason').fill('Both of them');
  await manager.getByRole('checkbox', { name: `Supersede #${older.number}` }).check();
  await inspect(manager, 'ask-superseding');
  await manager.getByRole('button', { name: 'Ask for approval' }).click();
  await expect(manager).not.toHaveURL(/\/promotions\/new/);
  newer = askedNow(manager);
  await expect(manager.getByText(`It takes the place of #${older.number}`)).toBeVisible();
  // The page that was open follows, and offers nothing any more.
  await expect(reviewer.getByText(`superseded by #${newer.number}`).first()).toBeVisible();
  await expect(reviewer.getByRole('button', { name: 'Approve this plan' })).toBeHidden();
  await inspect(reviewer, 'promotion-superseded');
  await manager.goto('/promotions?state=superseded');
  await expect(manager.getByText(`superseded by #${newer.number}`)).toBeVisible();
});

test('a run is cancelled before its refs move, by who has the right, and nothing moves', async ({
  as,
  demo,
}) => {
  test.setTimeout(300_000);
  const manager = await as('release-manager');
  const reviewer = await as('reviewer');
  const before = await head(demo, 'staging');
  await manager.goto(newer.path);
  await expect(manager.getByRole('button', { name: 'Cancel this run' })).toBeHidden();
  // A signer that doesn't answer holds the run in its middle.
  const signer = await until('the signer', () => demo.server.pidOf('signer'));
  process.kill(signer, 'SIGSTOP');
  try {
    await approve(reviewer, newer, 'staging');
    await expect(
      stepsOf(manager).getByRole('listitem').filter({ hasText: 'sign-commits, under way' }),
    ).toBeVisible();
    await expect(reviewer.getByRole('button', { name: 'Cancel this run' })).toBeHidden();
    const refused = await reviewer.evaluate(
      async (number) =>
        (
          await fetch(`/api/promotions/${number}/cancel`, {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: '{}',
          })
        ).status,
      newer.number,
    );
    expect(refused).toBe(403);
    const button = manager.getByRole('button', { name: 'Cancel this run' });
    await inspect(manager, 'promotion-cancellable');
    await tabTo(manager, button);
    await manager.keyboard.press('Enter');
    const dialog = manager.getByRole('dialog', { name: `Cancel the run of #${newer.number}?` });
    await tabTo(manager, dialog.getByLabel('Reason (optional)'));
    await manager.keyboard.type('The kernel is the wrong one');
    await inspect(manager, 'cancel-dialog');
    await tabTo(manager, dialog.getByRole('button', { name: 'Cancel this run' }));
    await manager.keyboard.press('Enter');
    await expect(dialog).toBeHidden();
    await expect(manager.getByText('cancelled', { exact: true }).first()).toBeVisible();
  } finally {
    process.kill(signer, 'SIGCONT');
  }
  await expect(manager.getByText('The kernel is the wrong one').first()).toBeVisible();
  await expect(manager.getByText(/Refs and summary of staging are as they were/).first()).toBeVisible();
  await inspect(manager, 'promotion-cancelled');
  expect(await head(demo, 'staging')).toBe(before);
  await run('ostree', ['fsck', '--quiet', `--repo=${demo.repoOf('staging')}`]);
  const auditor = await as('auditor');
  await auditor.goto(`/history?promotion=${newer.number}`);
  const events = auditor.getByRole('table', { name: /^Events/ });
  await expect(events.getByText(/asked to cancel run 1/)).toHaveCount(1);
  await expect(events.getByText(/stopped #\d+ in sign-commits/)).toHaveCount(1);
});

test('an admin lets a group publish without approval; somebody of it does, loudly, and it is reviewed', async ({
  as,
  demo,
}) => {
  test.setTimeout(600_000);
  const admin = await as('admin');
  const manager = await as('release-manager');
  const reviewer = await as('reviewer');
  await openForm(manager, 'dev..staging', REFS);
  await expect(manager.getByRole('checkbox', { name: /^Emergency/ })).toBeHidden();
  await test.step('the edge', async () => {
    await treeline(demo.home, ['group', 'add', 'oncall', '--member=release-manager']);
    await admin.goto('/settings/edges');
    await admin.getByRole('button', { name: 'Change edge dev to staging' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Change dev → staging' });
    await dialog.getByLabel('Publish without approval').selectOption('oncall');
    await dialog.getByLabel('Review that within (hours)').fill('500');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByLabel('Review that within (hours)')).toBeFocused();
    await dialog.getByLabel('Review that within (hours)').fill('12');
    await inspect(admin, 'edge-emergency');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(admin.getByRole('row', { name: /dev to staging/ })).toContainText('emergency: oncall');
    await admin.goto('/settings/groups');
    await expect(admin.getByRole('row', { name: /oncall/ })).toContainText('publishes without approval');
    await inspect(admin, 'groups-oncall');
  });

  const source = await head(demo, 'dev');
  let asked = { number: 0, path: '' };
  await test.step('the request', async () => {
    await openForm(manager, 'dev..staging', REFS);
    await manager.getByLabel('Reason').fill('Exploited in the wild');
    const tick = manager.getByRole('checkbox', { name: /^Emergency/ });
    await tabTo(manager, tick);
    await manager.keyboard.press('Space');
    await expect(manager.getByText('Nobody approves it.')).toBeVisible();
    await expect(manager.getByLabel('Not before (optional)')).toBeHidden();
    await inspect(manager, 'ask-emergency');
    await manager.getByRole('button', { name: 'Publish without approval' }).click();
    const dialog = manager.getByRole('dialog', { name: 'Publish into staging without approval?' });
    await inspect(manager, 'ask-emergency-confirm');
    await dialog.getByRole('button', { name: 'Publish into staging' }).click();
    await expect(manager).not.toHaveURL(/\/promotions\/new/);
    asked = askedNow(manager);
    await expectPublished(manager);
    expect(await head(demo, 'staging')).toBe(source);
  });

  await test.step('is loud', async () => {
    await expect(manager.getByText('Emergency: published without approval.')).toBeVisible();
    await expect(manager.getByRole('button', { name: 'Review this emergency' })).toBeHidden();
    await inspect(manager, 'promotion-emergency');
    await manager.goto('/');
    const banner = manager.getByRole('region', { name: 'Emergencies that are not reviewed yet' });
    await expect(banner).toContainText(`#${asked.number} into staging`);
    await inspect(manager, 'board-emergency');
    await manager.goto('/promotions');
    await expect(manager.getByRole('row', { name: new RegExp(`#${asked.number} `) })).toContainText(
      'emergency',
    );
    await inspect(manager, 'promotions-emergency');
    await manager.goto(`/history?promotion=${asked.number}`);
    await expect(manager.getByText(/EMERGENCY: asked to publish/)).toBeVisible();
    await inspect(manager, 'history-emergency');
  });

  await test.step('reminds of an overdue review on every page', async () => {
    await reviewer.goto('/approvals');
    const row = reviewer
      .getByRole('table', { name: 'Emergencies to review' })
      .getByRole('row', { name: new RegExp(`#${asked.number} `) });
    await expect(row).toContainText('you can review it');
    await expect(reviewer.getByText(/still to be reviewed/)).toBeHidden();
    const database = createClient({ url: `file:${join(demo.home, 'treeline.db')}` });
    const longAgo = new Date(Date.now() - 13 * 3_600_000).toISOString().replace('Z', '+00:00');
    const args = [longAgo, asked.number];
    const { rowsAffected } = await database.execute({
      sql: 'UPDATE "Run" SET "committedAt" = ? WHERE "promotionId" = (SELECT "id" FROM "Promotion" WHERE "number" = ?)',
      args,
    });
    expect(rowsAffected).toBe(1);
    // What is written past Treeline is seen with the next event: the worker's reminder, here.
    await until(
      'the reminder in the history',
      async () => {
        const sql = `SELECT 1 FROM "AuditEvent" WHERE "kind" = 'emergency.review-overdue'`;
        return (await database.execute(sql)).rows.length === 1;
      },
      90_000,
    );
    database.close();
    for (const path of ['/', '/approvals']) {
      await reviewer.goto(path);
      await expect(reviewer.getByText(/still to be reviewed/)).toBeVisible();
    }
    await inspect(reviewer, 'approvals-overdue');
  });

  await test.step('the review', async () => {
    await reviewer
      .getByRole('status')
      .getByRole('link', { name: `#${asked.number}` })
      .click();
    await reviewer.getByRole('button', { name: 'Review this emergency' }).click();
    const dialog = reviewer.getByRole('dialog', { name: `Review the emergency #${asked.number}` });
    await dialog.getByRole('button', { name: 'Write this review' }).click();
    await expect(dialog.getByText('Choose one.')).toBeVisible();
    await inspect(reviewer, 'review-dialog');
    await dialog.getByRole('radio', { name: /^Object/ }).check();
    await dialog.getByLabel('Comment').fill('A workaround was there');
    await dialog.getByRole('button', { name: 'Write this review' }).click();
    await expect(dialog).toBeHidden();
    await expect(reviewer.getByText('A workaround was there').first()).toBeVisible();
    await expect(reviewer.getByRole('button', { name: 'Review this emergency' })).toBeHidden();
    await expect(reviewer.getByText(/still to be reviewed/)).toBeHidden();
    await inspect(reviewer, 'promotion-reviewed');
  });
});

test('what an edge promotes by itself is published without anybody, and says so', async ({ as, demo }) => {
  test.setTimeout(600_000);
  const admin = await as('admin');
  await admin.goto('/settings/edges');
  await admin.getByRole('button', { name: 'Change edge staging to production' }).click();
  const dialog = admin.getByRole('dialog', { name: 'Change staging → production' });
  const refs = dialog.getByLabel('Promote by itself (optional)');
  await refs.fill('other/**');
  const wrong = dialog.getByText('The edge takes no ref like other/**');
  await expect(wrong).toBeVisible();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeEnabled();
  await expect(wrong).toHaveCount(1);
  await expect(refs).toHaveAccessibleDescription(/takes no ref/);
  await refs.fill(REFS[0]);
  await expect(wrong).toHaveCount(0);
  await dialog.getByLabel('Approval of what is promoted by itself').selectOption('none');
  await expect(dialog.getByText('Nobody looks at it first.')).toBeVisible();
  await inspect(admin, 'edge-automatic');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  await expect(admin.getByRole('row', { name: /staging to production/ })).toContainText(
    'automatic, without approval',
  );
  await inspect(admin, 'edges-automatic');

  const manager = await as('release-manager');
  await manager.goto('/');
  await expect(manager.getByRole('region', { name: 'Edge staging to production' })).toContainText(
    'automatic',
  );
  await inspect(manager, 'board-automatic');
  const staged = await head(demo, 'staging');
  await until('production to follow', async () => (await head(demo, 'production')) === staged, 90_000);
  await manager.goto('/promotions');
  await manager
    .getByRole('row', { name: /Treeline \(automatic\)/ })
    .first()
    .getByRole('link')
    .first()
    .click();
  await expectPublished(manager);
  await expect(manager.getByText('Automatic, without approval.')).toBeVisible();
  await inspect(manager, 'promotion-automatic');
  // The other ref is none of them.
  expect(await head(demo, 'production', REFS[1])).not.toBe(await head(demo, 'staging', REFS[1]));
});
