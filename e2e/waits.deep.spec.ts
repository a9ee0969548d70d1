import { inspect } from './fixtures/inspect';
import { approve, askForPromotion, expectPublished } from './fixtures/promotion-page';
import { run, treeline } from './fixtures/run';
import { expect, test } from './fixtures/test';

test.use({ scenario: 'waits' });
test.describe.configure({ mode: 'serial' });

const REF = 'aurora/x86_64/stable';

test('the demo’s waiting promotion is approved in a freeze, waits for it, and goes to production despite it', async ({
  as,
  demo,
}) => {
  const admin = await as('admin');
  await admin.goto('/settings/freezes');
  await admin.getByRole('button', { name: 'Add a freeze window' }).click();
  const freeze = admin.getByRole('dialog', { name: 'Add a freeze window' });
  const field = (name: string) => freeze.getByRole('textbox', { name });
  await field('Name').fill('Store opening');
  await field('Reason').fill('The tills are being set up');
  await freeze.getByRole('combobox', { name: 'Stage' }).selectOption('production');
  await field('Start').fill('2020-01-01T00:00');
  await field('End').fill('2020-01-01T23:00');
  await freeze.getByRole('combobox', { name: 'Repeats' }).selectOption('By a rule');
  await field('Rule').fill('FREQ=HOURLY');
  await expect(freeze.getByText(/FREQ=HOURLY recurs within a day/)).toBeVisible();
  // All of the day, and the hour that is left of it.
  await field('End').fill('2020-01-02T00:00');
  await field('Rule').fill('FREQ=DAILY');
  await expect(freeze.getByText('The next times it would hold, by your clock:')).toBeVisible();
  await inspect(admin, 'freeze-dialog');
  await freeze.getByRole('button', { name: 'Add this freeze window' }).click();
  await expect(admin.getByRole('row', { name: /Store opening/ })).toContainText('holds now');

  const reviewer = await as('reviewer');
  await reviewer.goto('/approvals');
  const queue = reviewer.getByRole('region', { name: 'Waiting for you' });
  const path = await queue
    .getByRole('link', { name: /to production/ })
    .first()
    .getAttribute('href');
  const number = Number(path?.split('/').at(-1));
  await approve(reviewer, { number, path: path ?? '' }, 'production', 'Soaked long enough');
  await expect(reviewer.getByText('waits: frozen').first()).toBeVisible();
  await expect(reviewer.getByText(/production is frozen by Store opening/).first()).toBeVisible();
  await expect(reviewer.getByRole('button', { name: 'Promote despite the freeze' })).toBeHidden();

  await admin.goto('/');
  await expect(admin.getByRole('region', { name: 'Stage production' })).toContainText('Frozen');
  await admin.goto(path ?? '');
  await admin.getByRole('button', { name: 'Promote despite the freeze' }).click();
  const dialog = admin.getByRole('dialog', { name: `Promote #${number} despite the freeze?` });
  await dialog.getByRole('button', { name: 'Override the freeze' }).click();
  // Without a reason it goes nowhere.
  await expect(dialog.getByLabel('Reason')).toBeFocused();
  await dialog.getByLabel('Reason').fill('The tills need it to open');
  await inspect(admin, 'override-dialog');
  await dialog.getByRole('button', { name: 'Override the freeze' }).click();
  await expect(dialog).toBeHidden();
  await expectPublished(reviewer);
  await expect(reviewer.getByText(/The tills need it to open/).first()).toBeVisible();
  await run('ostree', ['fsck', `--repo=${demo.repoOf('production')}`]);
  await treeline(demo.home, ['freeze', 'remove', 'Store opening']);
});

test('a program asks with a token, and the approved run waits for the check that it reports', async ({
  as,
  demo,
}) => {
  test.setTimeout(300_000);
  const admin = await as('admin');
  const secret = await test.step('an admin makes an account and a token, which is shown once', async () => {
    await admin.goto('/settings/tokens');
    await admin.getByRole('button', { name: 'Add a service account' }).click();
    const account = admin.getByRole('dialog', { name: 'Add a service account' });
    await account.getByLabel('Name', { exact: true }).fill('lab');
    await account.getByLabel('Display name').fill('Device lab');
    await account.getByRole('button', { name: 'Add' }).click();
    await expect(account).toBeHidden();
    await admin.getByRole('button', { name: 'Make a token for lab' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Make a token for lab' });
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    await expect(dialog.getByLabel('Name', { exact: true })).toBeFocused();
    await dialog.getByLabel('Name', { exact: true }).fill('boots');
    await dialog.getByRole('checkbox', { name: 'promotions:request' }).check();
    await dialog.getByRole('checkbox', { name: 'checks:report' }).check();
    await dialog.getByLabel('Held by').selectOption('release-manager');
    await inspect(admin, 'token-dialog');
    await dialog.getByRole('button', { name: 'Make the token' }).click();
    const shown = admin.getByRole('dialog', { name: 'Token for lab', exact: true });
    const text = (await shown.locator('code').first().textContent()) ?? '';
    await shown.getByRole('button', { name: 'I have it' }).click();
    await expect(admin.getByRole('table', { name: 'Tokens of lab' })).toContainText(text.slice(0, 9));
    await expect(admin.getByText(text)).toHaveCount(0);
    await inspect(admin, 'settings-tokens-used');
    return text;
  });
  await test.step('the edge expects a check', async () => {
    await admin.goto('/settings/edges');
    await admin.getByRole('button', { name: 'Change edge staging to production' }).click();
    const dialog = admin.getByRole('dialog', { name: 'Change staging → production' });
    await dialog.getByRole('button', { name: 'Add a check' }).click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByLabel('Check 1: name')).toBeFocused();
    await dialog.getByLabel('Check 1: name').fill('lab/boot');
    await inspect(admin, 'edge-dialog-checks');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(admin.getByRole('row', { name: /staging to production/ })).toContainText('lab/boot');
  });

  const reviewer = await as('reviewer');
  await test.step('staging gets something that production lacks', async () => {
    const manager = await as('release-manager');
    const next = await askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'The next release' });
    await approve(reviewer, next, 'staging');
    await expectPublished(manager);
  });

  const env = { TREELINE_URL: demo.url, TREELINE_TOKEN: secret };
  const program = (...args: string[]) => treeline(demo.home, args, env);
  const asked = JSON.parse(
    await program('promote', 'staging', 'production', REF, '--reason=It is time', '--json'),
  ) as { number: number };
  const { number } = asked;
  const report = (state: string) =>
    program(
      'check',
      'report',
      String(number),
      'lab/boot',
      `--state=${state}`,
      '--link=https://lab.example/7',
    );
  expect(await report('failed')).toContain('has to be reported as passed');

  await approve(reviewer, { number, path: `/promotions/${number}` }, 'production');
  await expect(reviewer.getByText('waits: checks').first()).toBeVisible();
  const checks = reviewer.getByRole('region', { name: 'Checks' });
  await expect(checks.getByRole('link', { name: /lab\/boot/ })).toHaveAttribute(
    'href',
    'https://lab.example/7',
  );
  await expect(reviewer.getByText(/a program with a token of/)).toBeVisible();
  await inspect(reviewer, 'promotion-waits-for-check');
  await report('passed');
  await expectPublished(reviewer);
});
