import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OstreeClient } from './fixtures/ostree-client';
import { approve, askForPromotion, expectAllStepsDone, expectPublished } from './fixtures/promotion-page';
import { run } from './fixtures/run';
import { readSigned } from './fixtures/signed-files';
import { expect, test } from './fixtures/test';
import { verifyWithOpenssl } from './fixtures/verify-with-openssl';

test.use({ scenario: 'story' });

const REF = 'aurora/x86_64/stable';

test('a release goes from dev to staging, and an ordinary client pulls it', async ({ as, demo }) => {
  test.setTimeout(240_000);
  const manager = await as('release-manager');
  const head = (await run('ostree', ['rev-parse', `--repo=${demo.repoOf('dev')}`, REF])).trim();
  const before = (await run('ostree', ['rev-parse', `--repo=${demo.repoOf('staging')}`, REF])).trim();
  expect(head).not.toBe(before);

  await test.step('the release manager sees that dev is ahead of staging', async () => {
    await manager.goto('/');
    await expect(manager.getByRole('region', { name: 'Edge dev to staging' })).toContainText(/\d ahead/);
    const dev = manager.getByRole('region', { name: 'Stage dev' });
    await expect(dev.getByRole('link', { name: REF })).toBeVisible();
    await expect(dev.getByText('new', { exact: true }).first()).toBeVisible();
  });

  await test.step('and looks at what the newest commit changed', async () => {
    await manager.getByRole('region', { name: 'Stage dev' }).getByRole('link', { name: REF }).click();
    await expect(manager.getByRole('table', { name: 'Commits, newest first' })).toBeVisible();
    await manager
      .getByRole('link', { name: /^Changes in / })
      .first()
      .click();
    await expect(manager).toHaveURL(/\/compare/);
    await manager.getByLabel('Filter paths').fill('os-release');
    await manager.getByRole('link', { name: '/usr/lib/os-release' }).click();
    await expect(manager.getByText(/^VERSION_ID="7\.5/).first()).toBeVisible();
  });

  const asked = await test.step('asks for the promotion with a reason', () =>
    askForPromotion(manager, { from: 'dev', to: 'staging', reason: 'Security update of openssl' }));

  const reviewer = await as('reviewer');
  await test.step('a reviewer finds it in their queue and approves it', async () => {
    await reviewer.goto('/approvals');
    const queue = reviewer.getByRole('region', { name: 'Waiting for you' });
    await expect(queue.getByRole('link', { name: `#${asked.number} ` })).toBeVisible();
    await expect(queue).toContainText('Security update of openssl');
    await approve(reviewer, asked, 'staging', 'Read the changes, booted it on a bench');
  });

  await test.step('both see the run go through its steps without reloading', async () => {
    await expectAllStepsDone(manager);
    await expectPublished(manager);
    await expectPublished(reviewer);
    expect((await run('ostree', ['rev-parse', `--repo=${demo.repoOf('staging')}`, REF])).trim()).toBe(head);
  });

  const onward = await test.step('what waited for production goes first, then this one follows', async () => {
    await reviewer.goto('/approvals');
    const waiting = reviewer.getByRole('link', { name: /to production/ });
    const path = (await waiting.getAttribute('href')) ?? '';
    await approve(reviewer, { number: Number(path.split('/').at(-1)), path }, 'production');
    await expectPublished(reviewer);
    const next = await askForPromotion(manager, { from: 'staging', to: 'production', reason: 'Soaked' });
    await approve(reviewer, next, 'production');
    await expectPublished(manager);
    return next;
  });

  await test.step('an auditor reads who did what, and takes it away', async () => {
    const auditor = await as('auditor');
    await auditor.goto('/history');
    await expect(auditor.getByText('Chain intact')).toBeVisible();
    const events = auditor.getByRole('table', { name: /^Events/ });
    for (const { number } of [asked, onward]) {
      for (const verb of ['requested', 'approved', 'published']) {
        await expect(events.getByText(`${verb} #${number}`).first()).toBeVisible();
      }
    }
    const download = auditor.waitForEvent('download');
    await auditor.getByRole('link', { name: 'Export all as JSONL' }).click();
    const lines = readFileSync(await (await download).path(), 'utf8')
      .trim()
      .split('\n');
    const kinds = lines.map((line) => JSON.parse(line).kind);
    expect(kinds).toContain('promotion.approved');
    expect(kinds).toContain('run.published');
  });

  const client = await OstreeClient.create();
  try {
    await test.step('a device set up as the stage’s page says pulls it, commit and summary checked', async () => {
      await manager.goto('/stages/production');
      const card = manager.getByRole('region', { name: 'Pull from here' });
      const line = (await card.getByText(/^ostree remote add /).textContent()) ?? '';
      // One of each kind of key.
      const links = card.getByRole('link');
      await expect(links).toHaveCount(2);
      for (const link of await links.all()) {
        const [download] = await Promise.all([manager.waitForEvent('download'), link.click()]);
        await download.saveAs(join(client.folder, download.suggestedFilename()));
      }
      expect(line).toContain('gpg-verify-summary=true');
      await client.runLine(line);
      await client.ostree('pull', 'production', REF);
      expect((await client.ostree('rev-parse', `production:${REF}`)).trim()).toBe(head);
      await expect(client.ostree('show', `production:${REF}`)).resolves.toMatch(/Good signature/);
      await client.ostree('fsck');
      await run('ostree', ['fsck', `--repo=${demo.repoOf('production')}`]);
      await run('ostree', ['summary', '-v', `--repo=${demo.repoOf('production')}`]);
    });

    await test.step('a device without the key gets nothing', async () => {
      await client.ostree(
        'remote',
        'add',
        '--set=gpg-verify-summary=true',
        'stranger',
        `${demo.repoUrl}/production`,
      );
      await expect(client.ostree('pull', 'stranger', REF)).rejects.toThrow(/GPG|signature|keyring/i);
    });
  } finally {
    client.remove();
  }

  await test.step('openssl finds the ed25519 signatures of commit and summary good', async () => {
    const { publicKey, summary, commit } = await readSigned(demo, 'production', head);
    for (const { bytes, signatures } of [summary, commit]) {
      const verdicts = await Promise.all(signatures.map((sig) => verifyWithOpenssl(bytes, sig, publicKey)));
      expect(verdicts).toContain(true);
      const flipped = Uint8Array.from(bytes);
      flipped[10] = (flipped[10] ?? 0) ^ 1;
      const after = await Promise.all(signatures.map((sig) => verifyWithOpenssl(flipped, sig, publicKey)));
      expect(after).not.toContain(true);
    }
  });
});
