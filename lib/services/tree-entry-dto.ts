import type { TreeEntryDto } from '../contracts/commit';
import { octalMode, type TreeEntry } from '../ostree';

/** An entry of a tree as pages show it. */
export function treeEntryDto(entry: TreeEntry): TreeEntryDto {
  return {
    name: entry.name,
    path: entry.path,
    type: entry.type,
    mode: octalMode(entry.mode),
    uid: entry.uid,
    gid: entry.gid,
    size: entry.type === 'file' ? entry.sizeBytes.toString() : null,
    checksum: entry.checksum,
    target: entry.target,
  };
}
