import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const SCRIPT = join(import.meta.dirname, 'ensure-tools.mjs');

describe('ensure-tools', () => {
  let bin: string;
  beforeEach(() => {
    bin = mkdtempSync(join(tmpdir(), 'treeline-tools-'));
  });
  afterEach(() => rmSync(bin, { recursive: true, force: true }));

  /** With a PATH that holds `programs` alone, apt-get not among them. */
  function ensureTools(programs: string[]) {
    for (const program of programs) symlinkSync(process.execPath, join(bin, program));
    const env = { ...process.env, PATH: bin, TREELINE_POSTGRES_VERSIONS: join(bin, 'versions') };
    return spawnSync(process.execPath, [SCRIPT], { env, encoding: 'utf8' });
  }

  it('names every missing program and how to get it, in one line, and fails', () => {
    const { status, stderr } = ensureTools(['ostree', 'strace', 'openssl']);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(
      /gpg .*chromium-headless-shell .*postgres .*apt-get install gnupg chromium-headless-shell postgresql"/,
    );
    expect(stderr).not.toContain('strace (');
  });

  it('succeeds where all are there, PostgreSQL in the folder of its version', () => {
    const folder = join(bin, 'versions/15/bin');
    mkdirSync(folder, { recursive: true });
    symlinkSync(process.execPath, join(folder, 'postgres'));
    const { status, stdout } = ensureTools(['ostree', 'gpg', 'chromium', 'strace', 'openssl']);
    expect(status).toBe(0);
    expect(stdout).toContain('ostree, gpg, chromium, strace, openssl, postgres');
  });

  it('takes the browser without a window where it is', () => {
    const { stdout } = ensureTools(['ostree', 'gpg', 'chromium', 'chromium-headless-shell', 'strace']);
    expect(stdout).toBe('');
    expect(ensureTools(['openssl', 'postgres']).stdout).toContain('gpg, chromium-headless-shell, strace');
  });
});
