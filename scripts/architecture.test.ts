import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve, sep } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = resolve(import.meta.dirname, '..');
const ROOMS = ['app', 'components', 'lib', 'scripts', 'e2e', 'bench'];

/** One import that each rule forbids: where it is written, and what. */
const PLANTED: readonly [rule: string, path: string, source: string][] = [
  ['lib-gvariant-imports', 'lib/gvariant/planted.ts', "import '../errors';"],
  ['lib-gvariant-imports', 'lib/gvariant/planted-core.ts', "import 'node:fs';"],
  ['lib-ostree-imports', 'lib/ostree/planted.ts', "import type { Plan } from '../contracts/promotion';"],
  ['lib-ostree-format-imports', 'lib/ostree/format/planted.ts', "import 'node:fs';"],
  ['ostree-repo-reads', 'lib/ostree/repo/planted.ts', "import '../write/planted-target';"],
  ['engine-network-in-one-place', 'lib/ostree/pull/planted.ts', "import 'node:https';"],
  ['lib-promotion-imports', 'lib/promotion/planted.ts', "import 'node:fs';"],
  ['lib-contracts-imports', 'lib/contracts/planted.ts', "import '../errors';"],
  ['lib-query-imports', 'lib/query/planted.ts', "import '../errors';"],
  ['components-imports', 'components/planted.tsx', "import '@/lib/errors';\nexport const a = <p>a</p>;"],
  ['app-imports', 'app/planted.tsx', "import '@/lib/db/planted-target';"],
  ['app-imports', 'app/planted-core.ts', "import 'node:fs';"],
  ['lib-db-imports', 'lib/db/planted.ts', "import '../services/planted-target';"],
  ['lib-audit-imports', 'lib/audit/planted.ts', "import 'node:fs';"],
  ['generated-client', 'lib/services/planted.ts', "import '../db/generated/client';"],
  ['services-are-entered-from-above', 'lib/jobs/planted.ts', "import '../services/planted-target';"],
  ['command-line-is-on-top', 'lib/services/planted-cli.ts', "import '../cli/planted-target';"],
  ['web-writes-no-repository', 'lib/services/planted-write.ts', "import '../ostree/write/planted-target';"],
  ['web-reaches-no-key', 'app/planted-key.ts', "import '@/lib/services/planted-key';"],
  ['repo-server-stands-alone', 'lib/publish/repo-server-planted.ts', "import './planted-step';"],
  ['worker-holds-no-key', 'lib/jobs/planted-key.ts', "import '../signer/store';"],
  ['fetching-is-the-command-lines', 'lib/signer/planted-fetch.ts', "import './planted-fetch-two';"],
  ['signer-has-no-network', 'lib/signer/planted.ts', "import 'node:http';"],
  ['no-circular', 'lib/promotion/planted-a.ts', "import './planted-b';"],
  ['no-unresolvable', 'lib/promotion/planted-nowhere.ts', "import './planted-nothing-here';"],
  ['not-to-tests', 'lib/http/planted.ts', "import './planted.test';"],
  ['not-to-dev-dependencies', 'lib/http/planted-dev.ts', "import 'fast-check';"],
  ['not-undeclared', 'lib/http/planted-package.ts', "import 'acorn';"],
];

/** Files that the planted imports lead to. */
const TARGETS: readonly [path: string, source: string][] = [
  ['lib/db/planted-target.ts', ''],
  ['lib/services/planted-target.ts', ''],
  ['lib/services/planted-key.ts', "import './planted-key-two';"],
  ['lib/services/planted-key-two.ts', "import '../signer/store';"],
  ['lib/ostree/write/planted-target.ts', ''],
  ['lib/ostree/pull/http/planted-target.ts', ''],
  ['lib/signer/planted-fetch-two.ts', "import '../ostree/pull/http/planted-target';"],
  ['lib/cli/planted-target.ts', ''],
  ['lib/signer/store.ts', ''],
  ['lib/publish/planted-step.ts', "import '../db/planted-target';"],
  ['lib/promotion/planted-b.ts', "import './planted-a';"],
  ['lib/http/planted.test.ts', ''],
];

interface Cruise {
  summary: { totalCruised: number; violations: { from: string; rule: { name: string; severity: string } }[] };
  modules: { source: string }[];
}

function cruise(folder: string): Cruise {
  const program = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [...ROOMS, '--config', '.dependency-cruiser.cjs', '--output-type', 'json'];
  const json = execFileSync(process.execPath, [program, ...args], {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  return JSON.parse(json) as Cruise;
}

function isSource(path: string): boolean {
  return !path.includes(`${sep}generated`);
}

describe('import directions', () => {
  let copy: string;
  let result: Cruise;

  beforeAll(() => {
    copy = mkdtempSync(join(tmpdir(), 'treeline-architecture-'));
    for (const room of ROOMS) {
      cpSync(join(ROOT, room), join(copy, room), { recursive: true, filter: isSource });
    }
    for (const file of ['.dependency-cruiser.cjs', 'package.json'])
      cpSync(join(ROOT, file), join(copy, file));
    symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
    plant(copy, 'lib/db/generated/client.ts', '');
    plant(copy, 'lib/db/generated/postgresql/client.ts', '');
    for (const [path, source] of TARGETS) plant(copy, path, source);
    for (const [, path, source] of PLANTED) plant(copy, path, source);
    result = cruise(copy);
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  it('hold in the tree as it is, and every file was looked at', () => {
    const planted = new Set([...TARGETS.map(([path]) => path), ...PLANTED.map(([, path]) => path)]);
    const inTree = result.summary.violations.filter(({ from }) => !planted.has(from));
    expect(inTree.map(({ rule, from }) => `${rule.name}: ${from}`)).toEqual([]);
    const cruised = new Set(result.modules.map((module) => module.source));
    const written = readdirSync(copy, { recursive: true, encoding: 'utf8' }).filter(
      (path) => /\.tsx?$/.test(path) && !path.startsWith('node_modules'),
    );
    expect(written.length).toBeGreaterThan(20);
    expect(written.filter((path) => !cruised.has(path))).toEqual([]);
  });

  it('fail on a planted violation, one for each rule', () => {
    const found = new Set(
      result.summary.violations.map(({ rule, from }) => `${rule.severity} ${rule.name}: ${from}`),
    );
    expect(PLANTED.filter(([rule, path]) => !found.has(`error ${rule}: ${path}`))).toEqual([]);
  });

  it('have a planted violation for every rule there is', () => {
    const source =
      "console.log(JSON.stringify(require('./.dependency-cruiser.cjs').forbidden.map((r) => r.name)))";
    const names: string[] = JSON.parse(
      execFileSync(process.execPath, ['-e', source], { cwd: ROOT, encoding: 'utf8' }),
    );
    expect([...names].sort()).toEqual([...new Set(PLANTED.map(([rule]) => rule))].sort());
  });
});

it('an error is not told by its class: pages and route handlers have one each', () => {
  const folder = mkdtempSync(join(tmpdir(), 'treeline-lint-'));
  const lint = (source: string) => {
    plant(folder, 'planted.ts', `import { AppError, isAppError } from './errors';\n${source}`);
    const program = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
    const args = ['lint', '--vcs-enabled=false', '--config-path=.', '.'];
    return spawnSync(process.execPath, [program, ...args], { cwd: folder, encoding: 'utf8' });
  };
  try {
    cpSync(join(ROOT, 'biome.json'), join(folder, 'biome.json'));
    cpSync(join(ROOT, 'scripts/lint'), join(folder, 'scripts/lint'), { recursive: true });
    const refused = lint('export const is = (e: unknown) => e instanceof AppError && isAppError(e);');
    expect(refused.stderr).toContain('Ask isAppError()');
    expect(refused.status).toBe(1);
    const taken = lint('export const is = (e: unknown) => isAppError(e) || AppError;');
    expect(taken.status).toBe(0);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

function plant(folder: string, path: string, source: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), `${source}\nexport {};\n`);
}
