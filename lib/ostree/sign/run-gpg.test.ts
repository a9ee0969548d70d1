import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runGpg } from './run-gpg';

let folder: string;
let path: string | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'rungpg-'));
  path = process.env.PATH;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true });
});

/** Puts a program in gpg's place that does what no gpg can be brought to. */
function standIn(script: string): void {
  const program = join(folder, 'gpg');
  writeFileSync(program, `#!/bin/sh\n${script}\n`);
  chmodSync(program, 0o755);
  process.env.PATH = `${folder}:${path}`;
}

test('a machine without gpg is told to have it installed', async () => {
  process.env.PATH = folder;
  await expect(runGpg(['--version'], { homedir: folder })).rejects.toMatchObject({
    code: 'ostree/gpg-failed',
    message: 'gpg is not installed: install GnuPG',
  });
});

test('a gpg that may not be run is told apart from one that is missing', async () => {
  writeFileSync(join(folder, 'gpg'), '');
  process.env.PATH = folder;
  await expect(runGpg(['--version'], { homedir: folder })).rejects.toMatchObject({
    code: 'ostree/gpg-failed',
    message: 'gpg could not be started',
  });
});

test('gpg is looked for in the usual places where the environment names none', async () => {
  delete process.env.PATH;
  expect((await runGpg(['--version'], { homedir: folder })).exitCode).toBe(0);
});

test('a gpg that waits for somebody is ended', async () => {
  standIn('exec sleep 600');
  await expect(runGpg([], { homedir: folder, timeoutSeconds: 0.2 })).rejects.toMatchObject({
    code: 'ostree/gpg-failed',
    message: expect.stringContaining('did not end within 0.2 s'),
  });
});

test('a gpg that floods its output is ended before it fills the memory', async () => {
  standIn('exec cat /dev/zero');
  await expect(runGpg([], { homedir: folder })).rejects.toMatchObject({ code: 'ostree/gpg-failed' });
});

test('a gpg that is no longer wanted is ended', async () => {
  standIn('exec sleep 600');
  const controller = new AbortController();
  const run = runGpg([], { homedir: folder, signal: controller.signal });
  controller.abort();
  await expect(run).rejects.toMatchObject({ code: 'ostree/aborted' });
});

test('input that gpg does not wait for is no error: its exit code tells', async () => {
  const run = await runGpg(['--no-such-option'], { homedir: folder, input: new Uint8Array(8_000_000) });
  expect(run.exitCode).toBe(2);
  expect(run.lastWords).toMatch(/no-such-option/);
});
