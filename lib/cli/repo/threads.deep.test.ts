import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildTreeline, ostree, run, treelineAt } from '../testing/run-treeline';

/** More than what one thread would be left to do alone. */
const FILES = 4000;

describe('a pull and an fsck of thousands of objects, in threads', () => {
  let script: string;
  let treeline: ReturnType<typeof treelineAt>;
  let folder: string;
  let source: string;
  let target: string;

  beforeAll(async () => {
    script = await buildTreeline();
    treeline = treelineAt(script);
    folder = mkdtempSync(join(tmpdir(), 'treeline-threads-'));
    source = join(folder, 'source');
    target = join(folder, 'target');
    const tree = join(folder, 'tree');
    for (let index = 0; index < FILES; index++) {
      const directory = join(tree, `directory${index % 50}`);
      mkdirSync(directory, { recursive: true });
      writeFileSync(join(directory, `file${index}`), `content ${index}\n`.repeat(index % 7));
    }
    // Too large for the short way, in stored bytes and in content.
    writeFileSync(join(tree, 'large'), Buffer.alloc(3_000_000, 'large'));
    await ostree('init', `--repo=${source}`, '--mode=archive');
    await ostree('commit', `--repo=${source}`, '--branch=os/main', `--tree=dir=${tree}`);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  beforeEach(async () => {
    rmSync(target, { recursive: true, force: true });
    await ostree('init', `--repo=${target}`, '--mode=archive');
  });

  const pull = (...args: string[]) =>
    treeline(['repo', 'pull', `--repo=${target}`, ...args, source, 'os/main']);

  it.each([[], ['--no-verify-objects']])('brings what ostree brings (%s)', async (...args) => {
    const { code, stdout, stderr } = await pull('--json', ...args);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toMatchObject({ objectsCopied: 0, objectsPresent: 0 });
    expect(listObjects(target)).toEqual(listObjects(source));
    await ostree('fsck', '--quiet', `--repo=${target}`);
    const fsck = await treeline(['repo', 'fsck', `--repo=${target}`, '--json']);
    expect(JSON.parse(fsck.stdout)).toEqual({ ok: true, objects: listObjects(source).length, problems: [] });
  });

  it('shares the links out over more than one thread', async () => {
    const trace = join(folder, 'trace');
    const command = ['-f', '-qq', '-e', 'trace=linkat', '-o', trace, process.execPath, script];
    await run('strace', [...command, 'repo', 'pull', `--repo=${target}`, source, 'os/main']);
    const threads = readFileSync(trace, 'utf8').match(/^\d+(?= +linkat\()/gm) ?? [];
    const files = new Map<string, number>();
    for (const thread of threads) files.set(thread, (files.get(thread) ?? 0) + 1);
    expect([...files.values()].filter((count) => count >= 500).length).toBeGreaterThan(1);
  });

  it('names the object that is damaged, leaves the target as it was, and brings all once it is mended', async () => {
    const name = listObjects(source).filter((object) => object.endsWith('.filez'))[FILES / 2] as string;
    const path = join(source, 'objects', name);
    const good = readFileSync(path);
    const bad = Buffer.from(good);
    bad[bad.length - 3] = (bad[bad.length - 3] as number) ^ 0xff;
    writeFileSync(path, bad);
    try {
      const { code, stderr } = await pull();
      const object = name.replace('/', '').replace('.filez', '.file');
      expect(code).toBe(1);
      expect(stderr).toContain(object);
      expect(stderr.trimEnd().split('\n')).toHaveLength(1);
      expect(readdirSync(join(target, 'refs/heads'))).toEqual([]);
      expect(readdirSync(join(target, 'state'))).toEqual([]);
      expect(existsSync(join(target, 'objects', name))).toBe(false);
      const fsck = await treeline(['repo', 'fsck', `--repo=${source}`, '--json']);
      expect(fsck.code).toBe(1);
      expect(JSON.parse(fsck.stdout).problems).toEqual([
        expect.objectContaining({ code: 'ostree/object-corrupt', object }),
      ]);
    } finally {
      writeFileSync(path, good);
    }
    expect((await pull()).code).toBe(0);
    expect(listObjects(target)).toEqual(listObjects(source));
  });
});

function listObjects(repo: string): string[] {
  return readdirSync(join(repo, 'objects'))
    .flatMap((fanout) => readdirSync(join(repo, 'objects', fanout)).map((name) => `${fanout}/${name}`))
    .sort();
}
