import { describe, expect, it } from 'vitest';
import { sha256 } from './checksum';
import { isCollectionId } from './collection-id';
import { parseTreePath } from './file-name';
import { keyfileBoolean, keyfileInteger, keyfileString, parseKeyfile } from './keyfile';
import { objectName, objectPath, parseObjectFileName } from './object-path';
import {
  isListableRef,
  isPromotableRef,
  isRefFragment,
  parseRefName,
  parseRefspec,
  quoteName,
  refNameProblem,
} from './ref-name';

describe('ref names', () => {
  it.each(['os/amd64/main', 'x', '_x', 'A.lock', 'os-1.2_3', `${'x'.repeat(255)}/y`, 'fe/1', 'feg'])(
    'may be %s',
    (name) => {
      expect(parseRefName(name)).toBe(name);
      expect(isPromotableRef(name)).toBe(true);
      expect(isListableRef(name)).toBe(true);
    },
  );

  const REFUSED: [why: string, name: string][] = [
    ['is empty', ''],
    ['ends with a newline, which `$` alone would let by', 'os/main\n'],
    ['climbs', '../main'],
    ['climbs in the middle', 'os/../../config'],
    ['holds two dots in a row', 'a..b'],
    ['begins with a dot', '.hidden'],
    ['begins with a hyphen, as an option does', '-x'],
    ['begins with a slash', '/os'],
    ['ends with a slash', 'os/'],
    ['has an empty part', 'os//main'],
    ['has a space', 'a b'],
    ['has a zero byte', 'a\0b'],
    ['names a remote', 'origin:main'],
    ['has letters that look like others', 'os/mаin'],
    ['reads as the beginning of a checksum', 'fe'],
    ['reads as a checksum', 'ab'.repeat(32)],
    ['is a temporary file', 'os/tmp.zpwDon'],
    ['has a part that is too long', 'x'.repeat(256)],
    ['is too long', Array.from({ length: 300 }, () => 'abcd').join('/')],
  ];

  it.each(REFUSED)('are refused where one %s', (_, name) => {
    expect(refNameProblem(name)).not.toBeNull();
    expect(isPromotableRef(name)).toBe(false);
    expect(() => parseRefName(name)).toThrow(expect.objectContaining({ code: 'ostree/ref-invalid' }));
  });

  it('are refused in one line, whatever they hold', () => {
    try {
      parseRefName('a\nb\u202e');
      expect.unreachable();
    } catch (error) {
      expect((error as Error).message).not.toMatch(/[\n\u202e]/);
    }
  });

  it('that libostree takes are listed, and not promoted', () => {
    for (const name of ['ünïcode/main', 'a..b', 'tmp.abc123', 'fe']) {
      expect(isListableRef(name)).toBe(true);
      expect(isPromotableRef(name)).toBe(false);
    }
    for (const name of ['..', '-x', '.x', 'a//b', '/a', 'a b', 'a+b', 'a@b', 'evil\n', '']) {
      expect(isListableRef(name)).toBe(false);
    }
  });

  it('are written, but not promoted, where libostree keeps the ref itself', () => {
    expect(refNameProblem('ostree-metadata')).toBeNull();
    expect(isPromotableRef('ostree-metadata')).toBe(false);
  });

  it('split at the colon of a refspec', () => {
    expect(parseRefspec('origin:os/main')).toEqual({ remote: 'origin', ref: 'os/main' });
    expect(parseRefspec('os/main')).toEqual({ remote: null, ref: 'os/main' });
  });

  it('may be one directory or file below refs', () => {
    for (const name of ['os', 'a..b', 'tmp.abc123']) expect(isRefFragment(name)).toBe(true);
    for (const name of ['', '.', '..', 'a/b', '-x', 'a\n']) expect(isRefFragment(name)).toBe(false);
  });

  it('are quoted for messages with nothing that could forge a line', () => {
    expect(quoteName('a\n\u202eb\u200b')).toBe('"a\\n\\u202eb\\u200b"');
    expect(quoteName('x'.repeat(500)).length).toBeLessThan(100);
  });
});

describe('collection IDs', () => {
  it('follow the grammar of D-Bus interfaces', () => {
    for (const id of ['org.example.Os', 'a.b', '_a._b']) expect(isCollectionId(id)).toBe(true);
    for (const id of [
      '',
      'org',
      'org.',
      '.org',
      'org..a',
      'org.1a',
      'org.a-b',
      'org.a/b',
      'org.a\n',
      `a.${'b'.repeat(254)}`,
    ]) {
      expect(isCollectionId(id)).toBe(false);
    }
  });
});

describe('paths in a tree', () => {
  it('split into names', () => {
    expect(parseTreePath('/')).toEqual([]);
    expect(parseTreePath('')).toEqual([]);
    expect(parseTreePath('usr//lib/')).toEqual(['usr', 'lib']);
    expect(parseTreePath('/usr/x y/ü')).toEqual(['usr', 'x y', 'ü']);
  });

  it.each(['/usr/../etc', '.', '/a/./b', 'a\0b', `/${'x'.repeat(256)}`])('are refused: %j', (path) => {
    expect(() => parseTreePath(path)).toThrow(expect.objectContaining({ code: 'ostree/path-invalid' }));
  });
});

describe('key files', () => {
  const keyfile = parseKeyfile(
    [
      '# a comment',
      '[core]',
      'mode=bare',
      ' mode = archive-z2 ',
      'fsync=false  \r',
      'name=a\\sb\\\\',
      'name[de]=x',
      'n=-1',
      '',
      '[remote "o"]',
      'url=x=y',
      '[core]',
      'late=1',
    ].join('\n'),
  );

  it('are read as GLib reads them', () => {
    expect(keyfileString(keyfile, 'core', 'mode')).toBe('archive-z2 ');
    expect(keyfileString(keyfile, 'core', 'name')).toBe('a\\sb\\\\');
    expect(keyfileString(keyfile, 'core', 'name[de]')).toBe('x');
    expect(keyfileString(keyfile, 'core', 'missing')).toBeNull();
    expect(keyfileString(keyfile, 'remote "o"', 'url')).toBe('x=y');
    expect(keyfileBoolean(keyfile, 'core', 'fsync', true)).toBe(false);
    expect(keyfileBoolean(keyfile, 'core', 'late', false)).toBe(true);
    expect(keyfileBoolean(keyfile, 'core', 'missing', true)).toBe(true);
    expect(keyfileInteger(keyfile, 'core', 'n', 5)).toBe(-1);
    expect(keyfileInteger(keyfile, 'core', 'missing', 5)).toBe(5);
  });

  it.each(['mode=bare', '[core]\nmode', 'garbage'])('are refused where they are none: %j', (text) => {
    expect(() => parseKeyfile(text)).toThrow(expect.objectContaining({ code: 'ostree/repo-invalid' }));
  });

  it('are refused a value of the wrong kind', () => {
    expect(() => keyfileBoolean(keyfile, 'core', 'mode', true)).toThrow(/core.mode/);
    expect(() => keyfileInteger(keyfile, 'core', 'mode', 0)).toThrow(/core.mode/);
  });
});

describe('names of files in objects/', () => {
  const sum = sha256(Buffer.from('x'));
  const [fanout, rest] = [sum.slice(0, 2), sum.slice(2)];

  it.each(['commit', 'dirtree', 'dirmeta', 'commitmeta', 'tombstone-commit'] as const)(
    'are of a %s',
    (type) => {
      expect(parseObjectFileName(fanout, `${rest}.${type}`, 'archive')).toEqual({ checksum: sum, type });
      expect(objectPath(sum, type, 'archive')).toBe(`objects/${fanout}/${rest}.${type}`);
      expect(objectName(sum, type)).toBe(`${sum}.${type}`);
    },
  );

  it('are of content, in the way of the mode', () => {
    expect(parseObjectFileName(fanout, `${rest}.filez`, 'archive')).toEqual({ checksum: sum, type: 'file' });
    expect(parseObjectFileName(fanout, `${rest}.filez`, 'bare')).toBeNull();
    expect(parseObjectFileName(fanout, `${rest}.file`, 'bare-user')).toEqual({ checksum: sum, type: 'file' });
    expect(objectPath(sum, 'file', 'archive')).toBe(`objects/${fanout}/${rest}.filez`);
    expect(objectPath(sum, 'file', 'bare')).toBe(`objects/${fanout}/${rest}.file`);
  });

  it.each([
    '',
    '.commit',
    rest,
    `${rest}.`,
    `${rest.slice(1)}.commit`,
    `${rest.toUpperCase()}.commit`,
    `${rest}.exe`,
  ])('are of nothing: %j', (name) => {
    expect(parseObjectFileName(fanout, name, 'archive')).toBeNull();
  });
});
