// `npm run bench`: Treeline beside the `ostree` tool on the same generated repositories.
//   npm run bench -- [--files=100000] [--changes=100] [--runs=5] [--folder=DIR]
//   npm run bench -- --memory
//   npm run bench -- --readers [--promotions=1000]
import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const ROOT = resolve(import.meta.dirname, '..');
const OUTPUT = join(ROOT, 'dist/bench.mjs');

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

run('scripts/ensure-tools.mjs');
// Node decodes the certificates that this names before it runs a line: twice its own start for a system's whole list.
// Nothing that is measured speaks TLS.
delete process.env.NODE_EXTRA_CA_CERTS;
run('scripts/build.mjs', ...(process.argv.includes('--readers') ? [] : ['--no-next']));
await build({
  entryPoints: {
    bench: join(ROOT, 'bench/main.ts'),
    'bench-read-load': join(ROOT, 'bench/read-load-thread.ts'),
  },
  outdir: join(ROOT, 'dist'),
  outExtension: { '.js': '.mjs' },
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  packages: 'external',
  logLevel: 'error',
});
run('--enable-source-maps', OUTPUT, ...process.argv.slice(2));
