import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseServedPath } from './served-path';

const checksum = 'a'.repeat(62);
const delta = `${'b'.repeat(41)}`;

describe('what may be served', () => {
  test.each([
    ['/production/config', 'mutable'],
    ['/production/summary', 'summary'],
    ['/production/summary.sig', 'signature'],
    ['/production/summary.sig?cache=no', 'signature'],
    ['/production/summary.idx', 'mutable'],
    [`/production/objects/aa/${checksum}.filez`, 'object'],
    [`/production/objects/aa/${checksum}.commit`, 'object'],
    [`/production/objects/aa/${checksum}.commitmeta`, 'mutable'],
    ['/production/refs/heads/os/x86_64/stable', 'mutable'],
    ['/production/refs/heads/%C3%BCber', 'mutable'],
    ['/production/refs/mirrors/org.example.Os/os/stable', 'mutable'],
    [`/production/deltas/bb/${delta}/superblock`, 'mutable'],
    [`/production/deltas/b%2B/${delta}-${'c'.repeat(43)}/0`, 'mutable'],
    [`/production/delta-indexes/bb/${delta}.index`, 'mutable'],
  ])('%s is a %s', (target, kind) => {
    expect(parseServedPath(target)?.kind).toBe(kind);
  });
});

describe('what may not', () => {
  test.each([
    ['', 'no path'],
    ['/', 'a list of stages'],
    ['/production', 'a listing'],
    ['/production/', 'a listing'],
    ['/production/objects', 'a listing'],
    ['/production/objects/aa/', 'a listing'],
    ['/production/refs/heads', 'a listing'],
    ['http://other/production/config', 'an absolute target'],
    ['//production/config', 'an empty component'],
    ['/production//config', 'an empty component'],
    ['/production/config/', 'a trailing slash'],
    ['/../production/config', 'a parent'],
    ['/production/../production/config', 'a parent'],
    ['/production/refs/heads/../../config', 'a parent below refs'],
    ['/production/refs/heads/%2e%2e/%2e%2e/.lock', 'an encoded parent'],
    ['/production/refs/heads/..%2f..%2fconfig', 'an encoded slash'],
    ['/production/refs%2fheads%2fos', 'encoded slashes'],
    ['/production/refs/heads/os%00', 'an encoded NUL'],
    ['/production/refs/heads/os\0', 'a NUL'],
    ['/production/refs/heads/os%', 'a broken encoding'],
    ['/production/refs/heads/%ff', 'bytes that are not UTF-8'],
    ['/production/refs/heads/os%5c..', 'a backslash'],
    ['/production/refs/heads/.hidden', 'a dot file'],
    ['/production/refs/heads/tmp.a1B2c3', 'a temporary file of a ref write'],
    ['/production/refs/heads/-x', 'a name that is no fragment'],
    ['/production/refs/remotes/origin/os', 'a remote’s refs'],
    ['/production/refs/mirrors/os', 'no collection'],
    ['/production/.lock', 'the lock'],
    ['/production/.treeline.lock', 'the product lock'],
    ['/production/.treeline-journal/summary', 'the journal'],
    ['/production/tmp/x', 'tmp'],
    ['/production/state/x.commitpartial', 'state'],
    ['/production/origin.trustedkeys.gpg', 'a keyring'],
    ['/production/extensions/x', 'extensions'],
    ['/production/transaction', 'the transaction mark'],
    ['/production/summary/x', 'something below a file'],
    ['/production/summary.sig.tmp', 'another name'],
    [`/production/objects/AA/${checksum}.filez`, 'upper case'],
    [`/production/objects/aa/${checksum}.file`, 'a bare object'],
    [`/production/objects/aa/${checksum}.sh`, 'another extension'],
    [`/production/objects/aa/${checksum}x.filez`, 'a longer name'],
    [`/production/deltas/bb/${delta}/../../../config`, 'a parent below deltas'],
    [`/production/deltas/bb/${delta}/x`, 'another file of a delta'],
    ['/Production/config', 'a stage name in upper case'],
    [`/production/${'a'.repeat(5000)}`, 'a very long target'],
  ])('%s: %s', (target) => {
    expect(parseServedPath(target)).toBeNull();
  });

  test('no component is ever a parent, a dot file, or holds a slash or NUL', () => {
    const part = fc.oneof(
      fc.constantFrom(
        'refs',
        'heads',
        'objects',
        'aa',
        '..',
        '.',
        '%2e%2e',
        '%2f',
        '%00',
        'os',
        '\0',
        '%252e',
        '.x',
      ),
      fc.string({ unit: 'binary', maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 6 }), (parts) => {
        const path = parseServedPath(`/production/${parts.join('/')}`);
        for (const segment of path?.segments ?? []) {
          expect(segment).not.toMatch(/^\.|[/\\\0]/);
          expect(segment).not.toBe('');
        }
      }),
      { numRuns: 5000 },
    );
  });
});
