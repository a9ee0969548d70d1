import { AppError } from '../../errors';
import { S_IFMT, S_IFREG, serializeDirmeta } from './dirmeta';
import { type FileHeader, isSymlinkHeader, serializeFilezHeader } from './file-header';
import type { RepoMode } from './object-path';
import type { Xattr } from './xattrs';

/** A content object as a regular file of a repository: everything that its inode says, and what stands before its content. */
export interface StoredFile {
  readonly kind: 'file';
  /** Bytes ahead of the content; all there is of a symlink, which has no content. */
  readonly head: Uint8Array;
  /** How the content follows. */
  readonly content: 'none' | 'plain' | 'deflated';
  /** Bits 07777. */
  readonly permissions: number;
  /** Whom the file has to belong to; null where that is left to whoever writes it. */
  readonly owner: { readonly uid: number; readonly gid: number } | null;
  readonly xattrs: readonly Xattr[];
  /** Whether its modification time is 0, as in every bare mode, so that hard-linked checkouts agree on it. */
  readonly isTimeless: boolean;
}

/** A content object as a symlink of the file system. */
export interface StoredSymlink {
  readonly kind: 'symlink';
  readonly target: string;
  readonly owner: StoredFile['owner'];
  readonly xattrs: readonly Xattr[];
}

/** How a content object lies in a repository. Plain data: it can be made on one thread and written on another. */
export type StoredForm = StoredFile | StoredSymlink;

/** What may be set in the mode of a file that bare-user-only keeps (ostree-core.c `_ostree_validate_bareuseronly_mode`). */
const BARE_USER_ONLY_BITS = 0o775;
/** What `ostree commit` leaves of a mode there (`_ostree_repo_commit_modifier_apply`). */
const CANONICAL_BITS = 0o755;
const PERMISSION_BITS = 0o7777;
const NO_BYTES = new Uint8Array(0);
const NO_XATTRS: readonly Xattr[] = [];
export const OSTREEMETA = Buffer.from('user.ostreemeta');

/**
 * How an object lies in a repository of `mode`.
 * @param sizeBytes the size of the content, which an archive states ahead of it
 * @throws AppError `ostree/mode-mismatch` for what bare-user-only cannot keep: an owner, extended attributes, setuid and
 * the like. libostree refuses the mode bits alone and loses the rest, so that the object has another checksum when it is
 * read.
 * @see libostree `write_content_object`, `commit_loose_regfile_object`
 */
export function storedForm(mode: RepoMode, header: FileHeader, sizeBytes: bigint): StoredForm {
  const isSymlink = isSymlinkHeader(header);
  const owner = { uid: header.uid, gid: header.gid };
  const permissions = header.mode & PERMISSION_BITS;
  const file = { kind: 'file', head: NO_BYTES, xattrs: NO_XATTRS, owner: null } as const;
  switch (mode) {
    case 'archive': {
      const head = serializeFilezHeader({ ...header, sizeBytes: isSymlink ? 0n : sizeBytes });
      const content = isSymlink ? 'none' : 'deflated';
      return { ...file, head, content, permissions: 0o644, isTimeless: false };
    }
    case 'bare-user': {
      const { uid, gid, xattrs } = header;
      const meta = serializeDirmeta({ uid, gid, mode: header.mode, xattrs });
      const bare = { ...file, xattrs: [{ name: OSTREEMETA, value: meta }], isTimeless: true } as const;
      // The zero byte behind a target lets readers map the file into memory.
      if (isSymlink)
        return { ...bare, head: Buffer.from(`${header.target}\0`), content: 'none', permissions: 0o644 };
      return { ...bare, content: 'plain', permissions: (permissions & 0o775) | 0o400 };
    }
    case 'bare-user-only':
      assertCanonical(header);
      if (isSymlink) return { kind: 'symlink', target: header.target, owner: null, xattrs: NO_XATTRS };
      return { ...file, content: 'plain', permissions, isTimeless: true };
    case 'bare':
      if (isSymlink) return { kind: 'symlink', target: header.target, owner, xattrs: header.xattrs };
      return { ...file, content: 'plain', permissions, owner, xattrs: header.xattrs, isTimeless: true };
  }
}

/** Why bare-user-only cannot keep the object, or null where it can. */
export function canonicalProblem(header: FileHeader): string | null {
  if (header.uid !== 0 || header.gid !== 0) return `it belongs to ${header.uid}:${header.gid} instead of 0:0`;
  if (header.xattrs.length > 0) return 'it has extended attributes';
  if (isSymlinkHeader(header)) return null;
  const excess = header.mode & PERMISSION_BITS & ~BARE_USER_ONLY_BITS;
  return excess === 0 ? null : `its mode has the bits ${excess.toString(8).padStart(4, '0')}`;
}

function assertCanonical(header: FileHeader): void {
  const problem = canonicalProblem(header);
  if (problem === null) return;
  throw new AppError('ostree/mode-mismatch', `bare-user-only cannot keep the object: ${problem}`);
}

/**
 * What a file or symlink says after its permissions have been made canonical: root's, without setuid and the like, not
 * writable for others, no extended attributes. `ostree commit` does so into bare-user-only, and where it is asked to.
 */
export function canonicalHeader(header: FileHeader): FileHeader {
  const isFile = (header.mode & S_IFMT) === S_IFREG;
  const mode = isFile ? canonicalMode(header.mode) : header.mode;
  return { uid: 0, gid: 0, mode, target: header.target, xattrs: NO_XATTRS };
}

/** The mode of a file or directory, with its type bits, after its permissions have been made canonical. */
export function canonicalMode(mode: number): number {
  return mode & (S_IFMT | CANONICAL_BITS);
}
