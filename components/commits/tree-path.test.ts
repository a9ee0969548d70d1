import { describe, expect, it } from 'vitest';
import { parentPath, pathSteps, resolveTarget, treePath } from './tree-path';

describe('pathSteps', () => {
  it('walks from the root', () => {
    expect(pathSteps('/')).toEqual([]);
    expect(pathSteps('/usr/lib')).toEqual([
      { name: 'usr', path: '/usr' },
      { name: 'lib', path: '/usr/lib' },
    ]);
  });
});

describe('parentPath', () => {
  it('ends at the root', () => {
    expect([parentPath('/usr/lib'), parentPath('/usr'), parentPath('/')]).toEqual(['/usr', '/', '/']);
  });
});

describe('resolveTarget', () => {
  it.each([
    ['/bin', 'usr/bin', '/usr/bin'],
    ['/usr/lib/a', '../b/./c', '/usr/b/c'],
    ['/a', '../../../etc', '/etc'],
    ['/a/b', '/etc//os-release', '/etc/os-release'],
  ])('%s → %s is %s', (link, target, expected) => {
    expect(resolveTarget(link, target)).toBe(expected);
  });
  it('leads nowhere without a target', () => {
    expect(resolveTarget('/a', '')).toBeNull();
  });
});

describe('treePath', () => {
  it('encodes what a path may hold', () => {
    const url = new URL(
      treePath({ checksum: 'c', stage: 'dev' }, { path: '/a&b', file: '/a&b/é #?' }),
      'http://x',
    );
    expect(url.searchParams.get('path')).toBe('/a&b');
    expect(url.searchParams.get('file')).toBe('/a&b/é #?');
    expect(treePath({ checksum: 'c', stage: undefined }, { path: '/' })).toBe('/commits/c');
    expect(treePath({ checksum: 'c', stage: undefined }, { path: '/usr/lib' })).toBe(
      '/commits/c?path=/usr/lib',
    );
  });
});
