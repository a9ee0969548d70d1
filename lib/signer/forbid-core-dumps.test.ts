import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, test } from 'vitest';
import { findPackageRoot } from '../package-root';

/** In a process of its own: there is no way back. */
test('the process has no core file any more, and hides its environment', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'treeline-core-'));
  try {
    symlinkSync(join(findPackageRoot(), 'node_modules'), join(folder, 'node_modules'));
    const script = `
      import { readFileSync } from 'node:fs';
      import { forbidCoreDumps } from './forbid-core-dumps';
      const limit = () => /^Max core file size\\s+(\\S+)\\s+(\\S+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.slice(1);
      const isForbidden = forbidCoreDumps();
      console.log(JSON.stringify({ isForbidden, limit: limit() }));
    `;
    await build({
      stdin: { contents: script, resolveDir: import.meta.dirname, loader: 'ts' },
      outfile: join(folder, 'out.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
    });
    const { stdout } = spawnSync(process.execPath, [join(folder, 'out.mjs')], { encoding: 'utf8' });
    expect(JSON.parse(stdout)).toEqual({ isForbidden: true, limit: ['0', '0'] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
