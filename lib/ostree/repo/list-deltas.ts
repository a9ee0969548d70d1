import { errnoOf } from '../../errors';
import { compareUtf8 } from '../../gvariant';
import type { Checksum } from '../format/checksum';
import { sha256 } from '../format/checksum';
import { type DeltaName, formatDeltaName, parseDeltaDirectory } from '../format/delta-name';
import { limits } from '../format/limits';
import type { DirEntry } from '../fs-port';
import type { Repo } from './open-repo';
import { readWholeFile } from './read-whole-file';

export interface StoredDelta extends DeltaName {
  /** As summaries and indexes name it. */
  readonly name: string;
  /** Its directory, relative to the repository's root. */
  readonly directory: string;
}

/**
 * The static deltas of a repository, by name. A directory without a superblock is none: it is being made or removed.
 * @see libostree `ostree_repo_list_static_delta_names`
 */
export function listDeltas(repo: Repo): StoredDelta[] {
  const deltas: StoredDelta[] = [];
  for (const fanout of readDirectory(repo, 'deltas')) {
    if (fanout.type !== 'directory') continue;
    for (const { name, type } of readDirectory(repo, `deltas/${fanout.name}`)) {
      const delta = type === 'directory' ? parseDeltaDirectory(fanout.name, name) : null;
      const directory = `deltas/${fanout.name}/${name}`;
      if (delta === null || repo.fs.lstat(`${repo.root}/${directory}/superblock`)?.type !== 'file') continue;
      deltas.push({ ...delta, name: formatDeltaName(delta), directory });
    }
  }
  return deltas.sort((a, b) => compareUtf8(a.name, b.name));
}

/** SHA-256 of a delta's superblock, which is what a summary and an index vouch for; null where it has gone. */
export function superblockChecksum(repo: Repo, delta: StoredDelta): Checksum | null {
  const path = `${repo.root}/${delta.directory}/superblock`;
  const bytes = readWholeFile(repo.fs, path, limits.summarySizeBytesMax, `${delta.directory}/superblock`);
  return bytes === null ? null : sha256(bytes);
}

function readDirectory(repo: Repo, path: string): DirEntry[] {
  try {
    return repo.fs.readdir(`${repo.root}/${path}`);
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return [];
    throw error;
  }
}
