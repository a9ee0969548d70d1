import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, type Page, test } from '@playwright/test';
import { postgresPassword, startPostgres } from '../lib/db/testing/postgres-server';
import { FreshHome } from './fixtures/fresh-home';
import { approve, askForPromotion, expectPublished } from './fixtures/promotion-page';
import { run, treeline } from './fixtures/run';
import { signInFirst } from './fixtures/sign-in-first';

/** What everybody on the machine can see: the command lines of all processes. */
function commandLines(): string {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      } catch {
        return '';
      }
    })
    .join('\n');
}

test('set up on PostgreSQL by commands, promoted in the browser, with the server gone in between', async ({
  browser,
}) => {
  test.setTimeout(300_000);
  const postgres = await startPostgres();
  await postgres.query('CREATE DATABASE treeline');
  const env = { DATABASE_URL: postgres.urlOf('treeline') };
  const site = await FreshHome.start('postgres', env);
  const home = join(site.folder, 'home');
  const command = (...args: string[]) => treeline(home, args, env);
  const open = async (): Promise<Page> => (await browser.newContext({ baseURL: site.url })).newPage();
  try {
    const dev = await site.makeRepository('dev', ['1.0', '1.1']);
    const live = await site.makeRepository('live', []);
    await command('stage', 'add', 'dev', `--repo=${dev}`);
    await command('stage', 'add', 'live', `--repo=${live}`, '--key=ed25519');
    await command('edge', 'add', 'dev', 'live', '--refs=os/**');
    const password = async (name: string, role: string): Promise<string> =>
      JSON.parse(await command('person', 'add', name, `--role=${role}`, '--json')).oneTimePassword;
    const passwords = {
      maker: await password('maker', 'release-manager'),
      checker: await password('checker', 'reviewer'),
    };
    expect(await command('migrate')).toBe('nothing to do\n');

    const manager = await open();
    await signInFirst(manager, 'maker', passwords.maker);
    const asked = await askForPromotion(manager, { from: 'dev', to: 'live', reason: 'First release' });

    await test.step('while the database is away the page says so, and nothing is lost', async () => {
      await postgres.kill();
      const answer = await manager.request.get('/api/promotions');
      expect(answer.status()).toBe(503);
      expect(await answer.json()).toMatchObject({ code: 'database-unavailable' });
      await expect(command('stage', 'list')).rejects.toThrow(
        /^treeline: the database 127\.0\.0\.1:\d+\/treeline can't be reached; is it running\?$/m,
      );
      await postgres.restart();
    });

    const reviewer = await open();
    await signInFirst(reviewer, 'checker', passwords.checker);
    await approve(reviewer, asked, 'live');
    await expectPublished(manager);
    expect(await run('ostree', ['rev-parse', `--repo=${live}`, 'os/main'])).toBe(
      await run('ostree', ['rev-parse', `--repo=${dev}`, 'os/main']),
    );
    await run('ostree', ['fsck', `--repo=${live}`]);
    expect(await command('audit', 'verify')).toMatch(/intact/);

    const said = [site.server.readLog(), commandLines()].join('\n');
    expect(said).toContain('ready');
    expect(said).not.toContain(postgresPassword);
  } finally {
    await site.stop();
    await postgres.close();
  }
});
