import { expect, test } from 'vitest';
import { RELEASES } from './demo-releases';
import { makeDemoTree } from './demo-tree';
import { packagesOf } from './packages-of';

const architectures = ['x86_64', 'aarch64'] as const;

function textOf(tree: ReturnType<typeof makeDemoTree>, path: string): string {
  const entry = tree.get(path);
  if (entry?.kind !== 'file') throw new Error(`${path} is no file`);
  return Buffer.from(entry.content).toString();
}

function contentsOf(tree: ReturnType<typeof makeDemoTree>): Buffer {
  return Buffer.concat(
    [...tree].flatMap(([path, entry]) => [
      Buffer.from(path),
      ...(entry.kind === 'file' ? [entry.content] : []),
    ]),
  );
}

test.each(architectures)(
  'a tree of some two thousand files for %s, the same at every call',
  (architecture) => {
    const tree = makeDemoTree(0, architecture);
    expect(tree.size).toBeGreaterThan(1_500);
    expect(tree.size).toBeLessThan(2_500);
    const again = makeDemoTree(0, architecture);
    expect(Buffer.compare(contentsOf(again), contentsOf(tree))).toBe(0);
  },
);

test.each(RELEASES.map((release, index) => [release.version, index] as const))(
  'release %s names itself and lists the packages that it holds',
  (version, index) => {
    for (const architecture of architectures) {
      const tree = makeDemoTree(index, architecture);
      expect(textOf(tree, 'usr/lib/os-release')).toContain(`VERSION_ID="${version}"`);
      const status = textOf(tree, 'var/lib/dpkg/status');
      for (const entry of packagesOf(index)) {
        expect(status).toContain(`Package: ${entry.name}\n`);
        expect(status).toContain(`Version: ${entry.version}\n`);
      }
    }
  },
);

test('no path lies below a file or a symbolic link', () => {
  const tree = makeDemoTree(RELEASES.length - 1, 'aarch64');
  for (const path of tree.keys()) {
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
      expect(tree.get(path.slice(0, at))?.kind ?? 'dir').toBe('dir');
    }
  }
});

test('a security update changes its packages and little else', () => {
  const before = makeDemoTree(7, 'x86_64');
  const after = makeDemoTree(8, 'x86_64');
  const changed = [...after].filter(([path, entry]) => {
    const old = before.get(path);
    return entry.kind === 'file' && !(old?.kind === 'file' && Buffer.from(old.content).equals(entry.content));
  });
  expect(changed.length).toBeGreaterThan(10);
  expect(changed.length).toBeLessThan(60);
});
