import { execFileSync } from 'node:child_process';
import { symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HandMadeRepo } from '../fixtures/hand-made-repo';
import { temporaryDirectory } from '../fixtures/temporary-directory';
import { withCode } from '../fixtures/with-code';
import { sha256 } from '../format/checksum';
import { listRefs } from './list-refs';
import { openRepo } from './open-repo';
import { resolveRef, resolveRev } from './resolve-rev';

const SECRET = 'root:$6$secret';

describe('a ref', () => {
  const made = new HandMadeRepo(`${temporaryDirectory()}/repo`);
  const commit = made.commit(made.dirtree({ files: [], dirs: [] }));
  const repo = openRepo(made.path);
  made.write('secret', `${'5'.repeat(64)}\n${SECRET}`);

  it('that is an alias of another ref is followed', () => {
    symlinkSync('main', `${made.path}/refs/heads/os/alias`);
    symlinkSync('os/main', `${made.path}/refs/heads/top`);
    expect(resolveRef(repo, 'os/alias')).toBe(commit);
    expect(listRefs(repo).map(({ ref }) => ref)).toEqual(['os/alias', 'os/main', 'top']);
    unlinkSync(`${made.path}/refs/heads/os/alias`);
    unlinkSync(`${made.path}/refs/heads/top`);
  });

  it.each([
    ['leads out of the refs', '../../../secret'],
    ['is absolute', `${made.path}/refs/heads/os/main`],
    ['leads to a directory', '../os'],
    ['leads to nothing', 'nothing'],
    ['leads to itself', 'bad'],
    ['climbs out and back in', '../../../refs/heads/../../secret'],
  ])('is refused where it %s, and says nothing of what lies there', (_, target) => {
    const link = `${made.path}/refs/heads/os/bad`;
    symlinkSync(target, link);
    for (const read of [() => resolveRef(repo, 'os/bad'), () => listRefs(repo)]) {
      expect(read).toThrow(withCode('ostree/ref-invalid'));
      expect(read).not.toThrow(/secret|555/);
    }
    unlinkSync(link);
  });

  it.each([
    ['is empty', ''],
    ['holds something else', SECRET],
    ['holds upper-case digits', 'AB'.repeat(32)],
    ['holds two checksums', `${commit}\n${commit}`],
    ['is large', `${commit}${' '.repeat(100_000)}`],
  ])('is refused where it %s', (_, text) => {
    const path = `${made.path}/refs/heads/os/bad`;
    writeFileSync(path, text);
    expect(() => resolveRef(repo, 'os/bad')).toThrow(withCode('ostree/ref-invalid'));
    expect(() => listRefs(repo)).toThrow('refs/heads/os/bad');
    unlinkSync(path);
  });

  it('that is a FIFO does not hang the reader', () => {
    execFileSync('mkfifo', [`${made.path}/refs/heads/os/fifo`]);
    expect(() => resolveRef(repo, 'os/fifo')).toThrow(withCode('ostree/ref-invalid'));
    expect(() => listRefs(repo)).toThrow(withCode('ostree/ref-invalid'));
    unlinkSync(`${made.path}/refs/heads/os/fifo`);
  });

  it('that a killed writer left half written does not stop the listing; a whole one is shown', () => {
    writeFileSync(`${made.path}/refs/heads/os/tmp.abc123`, '');
    writeFileSync(`${made.path}/refs/heads/os/tmp.zzzzzz`, `${commit}\n`);
    writeFileSync(`${made.path}/refs/heads/os/.rsync_info`, 'not a ref');
    expect(listRefs(repo).map(({ ref }) => ref)).toEqual(['os/main', 'os/tmp.zzzzzz']);
    for (const name of ['tmp.abc123', 'tmp.zzzzzz', '.rsync_info'])
      unlinkSync(`${made.path}/refs/heads/os/${name}`);
  });

  it('wins over the beginning of a checksum, so that no ground-out commit takes its place', () => {
    const other = made.commit(made.dirtree({ files: [], dirs: [] }), { subject: 'other' }, 'os/other');
    const prefix = other.slice(0, 4);
    expect(resolveRev(repo, prefix)).toBe(other);
    made.ref(prefix, commit);
    expect(resolveRev(repo, prefix)).toBe(commit);
    unlinkSync(`${made.path}/refs/heads/${prefix}`);
  });

  it.each([
    '../../../secret',
    'os/../../../secret',
    'os/main\n',
    '/etc/passwd',
    '.',
    '',
    'os//main',
    'a b',
    '..:main',
  ])('named %j is refused before any file is opened', (name) => {
    expect(() => resolveRef(repo, name)).toThrow(withCode('ostree/ref-invalid'));
  });

  it('prefix that two commits share is ambiguous', () => {
    for (let i = 0; i < 40; i++) made.commit(sha256(Buffer.from([i])), {}, 'os/many');
    expect(() => Array.from('0123456789abcdef', (digit) => resolveRev(repo, digit))).toThrow(
      withCode('ostree/rev-ambiguous'),
    );
  });
});
