// Builds what runs: the Prisma client, `dist/treeline.js` and (without --no-next) the pages.
// A part whose sources haven't changed since its last build is left alone; --force builds all.
// --command-to=DIR bundles the command alone, into DIR: tests do so.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MODULES } from './module-bundle.mjs';
import { hashSources } from './source-hash.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const stampPath = join(root, 'dist', 'build.json');
const TOOLS = ['package.json', 'package-lock.json', 'tsconfig.json'];

/** The parts in the order in which they need each other. */
const PARTS = [
  {
    name: 'client',
    title: 'database clients',
    sources: ['prisma/schema.prisma', 'scripts/generate-client.mjs', 'package-lock.json'],
    proof: 'lib/db/generated/postgresql/client.ts',
    make: () => run('scripts/generate-client.mjs', []),
  },
  {
    name: 'cli',
    title: 'command line',
    sources: ['lib', 'prisma', 'scripts/build.mjs', 'scripts/module-bundle.mjs', ...TOOLS],
    proof: 'dist/plumbing.cjs',
    make: () => bundleCommand(join(root, 'dist')),
  },
  {
    name: 'pages',
    title: 'pages (half a minute or so)',
    sources: [
      'app',
      'components',
      'lib',
      'prisma',
      'public',
      'proxy.ts',
      'next.config.ts',
      'postcss.config.mjs',
      ...TOOLS,
    ],
    proof: '.next/BUILD_ID',
    make: () => run('node_modules/next/dist/bin/next', ['build'], { NEXT_TELEMETRY_DISABLED: '1' }),
  },
];

/** What both kinds of bundle have in common. */
const BUNDLE = {
  bundle: true,
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  metafile: true,
  logLevel: 'warning',
};

/**
 * Bundles the `treeline` command into `outdir`. The porcelain is split, so that no process loads what it has no use for;
 * with its packages in it, it starts in half the time that Node takes to find and read them. The plumbing and the engine's threads are one file each, which start quickly.
 */
export async function bundleCommand(outdir) {
  // Only building needs it: what runs a finished build does without development packages.
  const { build, stop } = await import('esbuild');
  const { metafile } = await build({
    ...BUNDLE,
    entryPoints: { treeline: join(root, 'lib/cli/main.ts') },
    outdir,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    ...MODULES,
    banner: { js: `#!/usr/bin/env node\n${MODULES.banner.js}` },
  });
  await build({
    ...BUNDLE,
    entryPoints: {
      plumbing: join(root, 'lib/cli/plumbing.ts'),
      'engine-thread': join(root, 'lib/ostree/threads/engine-thread.ts'),
    },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    // Finds a binary beside its own file.
    external: ['koffi'],
    define: { 'import.meta.url': 'fileUrl' },
    banner: { js: "const fileUrl = require('node:url').pathToFileURL(__filename).href;" },
  });
  await stop();
  // What older builds left goes last: at no time does the command name a chunk that isn't there.
  const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const name of readdirSync(join(outdir, 'chunks'))) {
    if (!made.has(name)) rmSync(join(outdir, 'chunks', name));
  }
  chmodSync(join(outdir, 'treeline.js'), 0o755);
}

/** The parts that must be built, of those wanted. */
export function listStaleParts({ withPages = true, isForced = false } = {}) {
  const stamp = readStamp();
  return PARTS.filter((part) => withPages || part.name !== 'pages').filter(
    (part) =>
      isForced || !existsSync(join(root, part.proof)) || stamp[part.name] !== hashSources(root, part.sources),
  );
}

/** Builds `parts`, telling `say` what is under way. */
export async function buildParts(parts, say) {
  for (const part of parts) {
    const startedAt = Date.now();
    say(`building ${part.title} …`);
    const hash = hashSources(root, part.sources);
    await part.make();
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(stampPath, `${JSON.stringify({ ...readStamp(), [part.name]: hash }, null, 2)}\n`);
    say(`  done in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`);
  }
}

function readStamp() {
  return existsSync(stampPath) ? JSON.parse(readFileSync(stampPath, 'utf8')) : {};
}

function run(script, args, env = {}) {
  const result = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.status === 0) return;
  process.stderr.write(`${result.stdout}${result.stderr}`);
  throw new Error(`${script} ${args.join(' ')} failed`.replace(/ +/g, ' '));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const target = process.argv.find((word) => word.startsWith('--command-to='))?.split('=', 2)[1];
  await (target ? bundleCommand(resolve(target)) : buildAll()).catch((error) => {
    process.stderr.write(`build: ${error.message}\n`);
    process.exitCode = 1;
  });
}

async function buildAll() {
  const parts = listStaleParts({
    withPages: !process.argv.includes('--no-next'),
    isForced: process.argv.includes('--force'),
  });
  await buildParts(parts, (line) => process.stdout.write(`${line}\n`));
}
