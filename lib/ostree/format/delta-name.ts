import { type Checksum, checksumToBytes, isChecksum } from './checksum';

/** A static delta, told by the commits that it leads from and to. */
export interface DeltaName {
  /** Null for one that starts from nothing. */
  readonly from: Checksum | null;
  readonly to: Checksum;
}

/** The name in summaries and indexes: `<from>-<to>` or `<to>`, in hex. */
export function formatDeltaName({ from, to }: DeltaName): string {
  return from === null ? to : `${from}-${to}`;
}

/**
 * The delta whose directory is `deltas/<fanout>/<name>`, or null where that is the name of none.
 * @see libostree `_ostree_get_relative_static_delta_path`
 */
export function parseDeltaDirectory(fanout: string, name: string): DeltaName | null {
  const parts = (fanout + name).split('-').map(decodeChecksum);
  const [first, second] = parts;
  if (first === null || first === undefined || second === null || parts.length > 2) return null;
  return second === undefined ? { from: null, to: first } : { from: first, to: second };
}

/**
 * The directory of a delta, relative to the repository's root.
 * @see libostree `_ostree_get_relative_static_delta_path`
 */
export function deltaDirectory({ from, to }: DeltaName): string {
  const name = [from, to]
    .flatMap((checksum) => (checksum === null ? [] : encodeChecksum(checksum)))
    .join('-');
  return `deltas/${name.slice(0, 2)}/${name.slice(2)}`;
}

/**
 * Where the index of the deltas that lead to a commit lies, relative to the repository's root.
 * @see libostree `_ostree_get_relative_static_delta_index_path`
 */
export function deltaIndexPath(to: Checksum): string {
  const name = encodeChecksum(to);
  return `delta-indexes/${name.slice(0, 2)}/${name.slice(2)}.index`;
}

/** The commit whose index is the file `delta-indexes/<fanout>/<name>`, or null. */
export function parseDeltaIndexFile(fanout: string, name: string): Checksum | null {
  return name.endsWith('.index') ? decodeChecksum(fanout + name.slice(0, -'.index'.length)) : null;
}

/** Base64 without padding, `_` for `/`: 43 characters (ostree-core.c `ostree_checksum_b64_from_bytes`). */
function encodeChecksum(checksum: Checksum): string {
  return Buffer.from(checksumToBytes(checksum)).toString('base64').replaceAll('/', '_').slice(0, 43);
}

function decodeChecksum(text: string): Checksum | null {
  const hex = Buffer.from(text.replaceAll('_', '/'), 'base64').toString('hex');
  return isChecksum(hex) && encodeChecksum(hex) === text ? hex : null;
}
