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
    proof: 'dist/plumbing/repo.cjs',
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
 * with its packages in it, it starts in half the time that Node takes to find and read them. Scripts call the plumbing a
 * thousand times: each command of it is one file that holds nothing else. The engine's threads are one file too.
 */
export async function bundleCommand(outdir) {
  // Only building needs it: what runs a finished build does without development packages.
  const { build, stop } = await import('esbuild');
  const { metafile } = await build({
    ...BUNDLE,
    entryPoints: { porcelain: join(root, 'lib/cli/porcelain.ts') },
    outdir,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    outExtension: { '.js': '.mjs' },
    ...MODULES,
  });
  const commands = readRepoCommands();
  await build({
    ...BUNDLE,
    entryPoints: { treeline: join(root, 'lib/cli/main.ts') },
    outdir,
    // What it loads is found when it runs.
    bundle: false,
    format: 'cjs',
    define: { REPO_COMMANDS: JSON.stringify(commands.map(({ name }) => name)) },
    banner: { js: '#!/usr/bin/env node' },
  });
  await build({
    ...BUNDLE,
    entryPoints: {
      'plumbing/repo': join(root, 'lib/cli/plumbing.ts'),
      'engine-thread': join(root, 'lib/ostree/threads/engine-thread.ts'),
      ...Object.fromEntries(commands.map(({ name }) => [`plumbing/${name}`, `${REPO_COMMAND}${name}`])),
    },
    outdir,
    outExtension: { '.js': '.cjs' },
    format: 'cjs',
    // Finds a binary beside its own file.
    external: ['koffi'],
    define: { 'import.meta.url': 'here.url' },
    banner: {
      js: "const here = { get url() { return require('node:url').pathToFileURL(__filename).href; } };",
    },
    plugins: [oneRepoCommand(commands), loadOnUse()],
  });
  await stop();
  // In a package of modules these would be taken for such.
  writeFileSync(join(outdir, 'package.json'), '{ "type": "commonjs" }\n');
  // What older builds left goes last: at no time does the command name a chunk that isn't there.
  const made = new Set(Object.keys(metafile.outputs).map((path) => basename(path)));
  for (const name of readdirSync(join(outdir, 'chunks'))) {
    if (!made.has(name)) rmSync(join(outdir, 'chunks', name));
  }
  chmodSync(join(outdir, 'treeline.js'), 0o755);
}

const REPO_COMMAND = 'repo-command:';

/** The commands of the plumbing, as the file that has all of them imports them. */
function readRepoCommands() {
  const source = readFileSync(join(root, 'lib/cli/repo/commands.ts'), 'utf8');
  const imports = source.matchAll(/^import \{ (add\w+Command) \} from '\.\/([a-z-]+)';$/gm);
  return Array.from(imports, ([, add, name]) => ({ add, name }));
}

/** Entry points with one command of the plumbing each. */
function oneRepoCommand(commands) {
  return {
    name: 'one-repo-command',
    setup(build) {
      build.onResolve({ filter: new RegExp(`^${REPO_COMMAND}`) }, ({ path }) => ({
        path: path.slice(REPO_COMMAND.length),
        namespace: 'repo-command',
      }));
      build.onLoad({ filter: /./, namespace: 'repo-command' }, ({ path }) => {
        const { add, name } = commands.find((command) => command.name === path);
        const contents = `
          import { runPlumbing } from './run-plumbing';
          import { ${add} } from './repo/${name}';
          runPlumbing((repo) => ${add}(repo));`;
        return { contents, resolveDir: join(root, 'lib/cli'), loader: 'ts' };
      });
    },
  };
}

/** Parts of Node that few commands come to use, and that take as long to load as a command takes to run. */
const LOADED_ON_USE = [
  'child_process',
  'http',
  'https',
  'net',
  'stream',
  'timers/promises',
  'tls',
  'worker_threads',
  'zlib',
];

/** Loads those when something of them is first used. */
function loadOnUse() {
  return {
    name: 'load-on-use',
    setup(build) {
      const filter = new RegExp(`^(node:)?(${LOADED_ON_USE.join('|')})$`);
      build.onResolve({ filter }, ({ path }) => ({
        path: path.replace(/^node:/, ''),
        namespace: 'load-on-use',
      }));
      build.onLoad({ filter: /./, namespace: 'load-on-use' }, async ({ path }) => {
        const names = Object.keys(await import(`node:${path}`)).filter((name) => name !== 'default');
        const getters = names.map((name) => `get ${name}() { return load().${name}; }`);
        return {
          contents: `const load = () => process.getBuiltinModule('node:${path}');
            module.exports = { ${getters.join(', ')} };`,
        };
      });
      // Says nothing of having no effects when it is loaded, and has none.
      build.onResolve({ filter: /^tweetnacl$/ }, () => ({
        path: join(root, 'node_modules/tweetnacl/nacl-fast.js'),
        sideEffects: false,
      }));
    },
  };
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
