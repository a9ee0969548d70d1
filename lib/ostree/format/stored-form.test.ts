import { describe, expect, it } from 'vitest';
import { withCode } from '../fixtures/with-code';
import { parseOstreemeta } from './dirmeta';
import type { FileHeader } from './file-header';
import { HEADER_PREFIX_BYTES, parseFilezHeader } from './file-header';
import { canonicalHeader, canonicalMode, canonicalProblem, storedForm } from './stored-form';

const xattrs = [{ name: Buffer.from('user.a'), value: Buffer.from('v') }];
const file: FileHeader = { uid: 1, gid: 2, mode: 0o104777, target: '', xattrs };
const symlink: FileHeader = { uid: 1, gid: 2, mode: 0o120777, target: 'to/here', xattrs };
const plain: FileHeader = { uid: 0, gid: 0, mode: 0o100644, target: '', xattrs: [] };
const plainLink: FileHeader = { ...plain, mode: 0o120777, target: 'to/here' };

describe('a content object', () => {
  it('lies in an archive with all of its header in front, and a size where it has content', () => {
    for (const [header, size, content] of [
      [file, 7n, 'deflated'],
      [symlink, 0n, 'none'],
    ] as const) {
      const form = storedForm('archive', header, 7n);
      if (form.kind !== 'file') throw new Error('an archive holds files alone');
      expect(form).toMatchObject({ content, permissions: 0o644, owner: null, xattrs: [], isTimeless: false });
      expect(parseFilezHeader(form.head.slice(HEADER_PREFIX_BYTES))).toMatchObject({
        mode: header.mode,
        sizeBytes: size,
      });
    }
  });

  it('lies in bare-user with its header in an attribute, and what nobody may abuse of its mode', () => {
    const form = storedForm('bare-user', file, 7n);
    expect(form).toMatchObject({
      kind: 'file',
      content: 'plain',
      permissions: 0o775,
      owner: null,
      isTimeless: true,
    });
    expect(parseOstreemeta(form.xattrs[0]?.value as Uint8Array)).toMatchObject({
      uid: 1,
      gid: 2,
      mode: 0o104777,
    });
    const link = storedForm('bare-user', symlink, 0n);
    expect(link).toMatchObject({ kind: 'file', content: 'none', permissions: 0o644 });
    expect(link.kind === 'file' && Buffer.from(link.head).toString()).toBe('to/here\0');
  });

  it('lies in bare as it is', () => {
    const owner = { uid: 1, gid: 2 };
    expect(storedForm('bare', file, 7n)).toMatchObject({
      content: 'plain',
      permissions: 0o4777,
      owner,
      xattrs,
    });
    expect(storedForm('bare', symlink, 0n)).toEqual({ kind: 'symlink', target: 'to/here', owner, xattrs });
  });

  it('lies in bare-user-only where that can keep all of it, and is refused elsewhere', () => {
    expect(storedForm('bare-user-only', plain, 7n)).toMatchObject({
      content: 'plain',
      permissions: 0o644,
      owner: null,
    });
    expect(storedForm('bare-user-only', plainLink, 0n)).toMatchObject({ kind: 'symlink', owner: null });
    for (const header of [
      file,
      symlink,
      { ...plain, gid: 5 },
      { ...plain, xattrs },
      { ...plain, mode: 0o104644 },
    ]) {
      expect(canonicalProblem(header)).not.toBeNull();
      expect(() => storedForm('bare-user-only', header, 7n)).toThrow(withCode('ostree/mode-mismatch'));
    }
    expect(canonicalProblem({ ...plainLink })).toBeNull();
  });

  it('is canonical when it belongs to root, with no attributes and no bit that others could use', () => {
    expect(canonicalHeader(file)).toEqual({ ...plain, mode: 0o100755 });
    expect(canonicalHeader(symlink)).toEqual(plainLink);
    expect(canonicalMode(0o042777)).toBe(0o040755);
  });
});
