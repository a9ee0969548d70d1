import { type Checksum, sha256 } from '../format/checksum';
import { parseCommit } from '../format/commit';
import { parseDirmeta } from '../format/dirmeta';
import { eachDirtreeEntry } from '../format/dirtree';
import { corrupt } from '../format/format-error';
import { limits } from '../format/limits';
import type { MetadataType, ObjectType } from '../format/object-path';
import type { ExactStat } from '../fs-port';
import { openFileObject } from './file-object';
import { openObject } from './open-object';
import type { Repo } from './open-repo';
import { verifiedChunks } from './read-file';
import { corruptObject, missingObject, namingObject } from './read-object';
import { readFully } from './read-whole-file';
import { isGoodSmallFilez } from './verify-small-filez';

function passOver(): void {
  // What is wrong with an entry is found before it is handed out.
}

const PARSERS: Record<MetadataType, (bytes: Uint8Array) => unknown> = {
  commit: parseCommit,
  dirtree: (bytes) => eachDirtreeEntry(bytes, passOver, passOver),
  dirmeta: parseDirmeta,
};

/**
 * Checks one object of this very repository, not of its parent: that it is a regular file (or the symlink that a bare
 * repository keeps), that it follows its format and R-11, and that its bytes have its checksum.
 * @returns what the descriptor that was hashed said of the file, to compare a link to it with
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`, `ostree/object-too-large`
 */
export function verifyObject(repo: Repo, checksum: Checksum, type: ObjectType): ExactStat {
  return namingObject(repo, checksum, type, () =>
    type === 'file' ? verifyFile(repo, checksum) : verifyMetadata(repo, checksum, type),
  );
}

function verifyFile(repo: Repo, checksum: Checksum): ExactStat {
  const stat = repo.mode === 'archive' ? statGoodSmallFile(repo, checksum) : null;
  if (stat !== null) return stat;
  const object = openFileObject(repo, checksum);
  if (object === null) throw missingObject(repo, checksum, 'file');
  try {
    const chunks = verifiedChunks(repo, checksum, object);
    while (!chunks.next().done);
    return object.stat;
  } finally {
    object.close();
  }
}

/** What is said of a file that was verified the short way; null where the long way is to be gone. */
export function statGoodSmallFile(repo: Repo, checksum: Checksum): ExactStat | null {
  const fd = openObject(repo, checksum, 'file');
  if (fd === null) return null;
  try {
    const stat = repo.fs.fstatExact(fd);
    return stat.type === 'file' && isGoodSmallFilez(repo.fs, fd, stat.sizeBytes, checksum) ? stat : null;
  } finally {
    repo.fs.close(fd);
  }
}

/** Nearly all metadata fits. What is verified is not kept. */
const small = new Uint8Array(64 * 1024);

function verifyMetadata(repo: Repo, checksum: Checksum, type: MetadataType): ExactStat {
  const fd = openObject(repo, checksum, type);
  if (fd === null) throw missingObject(repo, checksum, type);
  try {
    const stat = repo.fs.fstatExact(fd);
    if (stat.type !== 'file') throw corrupt('it is not a regular file');
    const sizeBytesMax = type === 'dirtree' ? limits.dirtreeSizeBytesMax : limits.metadataSizeBytesMax;
    if (stat.sizeBytes > sizeBytesMax) throw corrupt(`it is larger than ${sizeBytesMax} bytes`);
    const bytes = readFully(repo.fs, fd, 0, stat.sizeBytes, small);
    if (sha256(bytes) !== checksum)
      throw corruptObject(repo, checksum, type, 'its bytes do not have its checksum');
    PARSERS[type](bytes);
    return stat;
  } finally {
    repo.fs.close(fd);
  }
}
