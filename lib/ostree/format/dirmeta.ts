import { parseVariant, serializeVariant, type Value } from '../../gvariant';
import { asFormat, corrupt } from './format-error';
import { type Xattr, xattrsFromValue, xattrsToValue } from './xattrs';

/** What a directory is besides its entries. `mode` has its type bits. */
export interface Dirmeta {
  readonly uid: number;
  readonly gid: number;
  readonly mode: number;
  readonly xattrs: readonly Xattr[];
}

const TYPE = '(uuua(ayay))';
export const S_IFMT = 0o170000;
export const S_IFDIR = 0o040000;
export const S_IFREG = 0o100000;
export const S_IFLNK = 0o120000;

/**
 * Parses a `.dirmeta`: uid, gid and mode big-endian, extended attributes.
 * @throws AppError `ostree/object-corrupt`
 * @see libostree `ostree_validate_structureof_dirmeta`
 */
export function parseDirmeta(bytes: Uint8Array): Dirmeta {
  const meta = parseOwnership('dirmeta', bytes);
  if ((meta.mode & S_IFMT) !== S_IFDIR) throw corrupt('dirmeta: the mode is not that of a directory');
  assertPermissionBits(meta.mode, 'dirmeta');
  return meta;
}

/** Parses a bare-user file's `user.ostreemeta`, which has a dirmeta's type and a file's mode. */
export function parseOstreemeta(bytes: Uint8Array): Dirmeta {
  const meta = parseOwnership('user.ostreemeta', bytes);
  assertPermissionBits(meta.mode, 'user.ostreemeta');
  return meta;
}

/** Serialises a dirmeta or a `user.ostreemeta`; extended attributes are written sorted. */
export function serializeDirmeta(meta: Dirmeta): Uint8Array {
  const value: Value = [meta.uid, meta.gid, meta.mode, xattrsToValue(meta.xattrs)];
  return serializeVariant(TYPE, value, { endian: 'big' });
}

/** @throws AppError `ostree/object-corrupt` where bits beyond type, permissions, setuid, setgid and sticky are set */
export function assertPermissionBits(mode: number, what: string): void {
  if ((mode & ~(S_IFMT | 0o7777)) !== 0) throw corrupt(`${what}: the mode has bits that no file has`);
}

function parseOwnership(what: string, bytes: Uint8Array): Dirmeta {
  const value = asFormat(what, () => parseVariant(TYPE, bytes, { endian: 'big' }));
  const [uid, gid, mode, xattrs] = value as [number, number, number, Value];
  return { uid, gid, mode, xattrs: xattrsFromValue(xattrs) };
}
