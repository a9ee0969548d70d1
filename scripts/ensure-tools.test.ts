import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
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
    return spawnSync(process.execPath, [SCRIPT], { env: { ...process.env, PATH: bin }, encoding: 'utf8' });
  }

  it('names every missing program and how to get it, in one line, and fails', () => {
    const { status, stderr } = ensureTools(['ostree', 'strace', 'openssl']);
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(/gpg .*chromium .*apt-get install gnupg chromium"/);
    expect(stderr).not.toContain('strace (');
  });

  it('succeeds where all are there', () => {
    const { status, stdout } = ensureTools(['ostree', 'gpg', 'chromium', 'strace', 'openssl']);
    expect(status).toBe(0);
    expect(stdout).toContain('ostree, gpg, chromium, strace, openssl');
  });
});
