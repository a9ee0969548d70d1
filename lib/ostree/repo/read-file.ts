import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { AppError, errnoOf } from '../../errors';
import type { Checksum } from '../format/checksum';
import { isSymlinkHeader, serializeFileHeader } from '../format/file-header';
import type { Xattr } from '../format/xattrs';
import { type FileChunks, type FileObject, openFileObject } from './file-object';
import type { Repo } from './open-repo';
import { corruptObject, missingObject, nameObject, namingObject } from './read-object';

/** What a content object says of itself, its content unread and its checksum unchecked. */
export interface FileInfo {
  readonly type: 'file' | 'symlink';
  readonly uid: number;
  readonly gid: number;
  /** With type bits: 0o100644. */
  readonly mode: number;
  readonly xattrs: readonly Xattr[];
  /** Where a symlink leads; null for a file. */
  readonly target: string | null;
  /** 0 for a symlink. */
  readonly sizeBytes: bigint;
}

/** @throws AppError `ostree/object-missing`, `ostree/object-corrupt` */
export function readFileInfo(repo: Repo, checksum: Checksum): FileInfo {
  return withFile(repo, checksum, describeFile);
}

function describeFile({ header, sizeBytes }: FileObject): FileInfo {
  const isSymlink = isSymlinkHeader(header);
  return {
    type: isSymlink ? 'symlink' : 'file',
    uid: header.uid,
    gid: header.gid,
    mode: header.mode,
    xattrs: header.xattrs,
    target: isSymlink ? header.target : null,
    sizeBytes,
  };
}

export interface ReadContentOptions {
  /** The most that is read into memory. */
  maxBytes: number;
}

/**
 * The content of a file, its checksum checked; of a symlink, nothing.
 * @throws AppError `ostree/object-too-large`, `ostree/object-missing`, `ostree/object-corrupt`
 */
export function readFileContent(
  repo: Repo,
  checksum: Checksum,
  { maxBytes }: ReadContentOptions,
): Uint8Array {
  return withFile(repo, checksum, (object) => {
    const parts: Uint8Array[] = [];
    let total = 0;
    for (const chunk of verifiedChunks(repo, checksum, object)) {
      total += chunk.length;
      if (total > maxBytes) {
        throw new AppError('ostree/object-too-large', `it holds more than ${maxBytes} bytes`);
      }
      parts.push(chunk.slice());
    }
    const bytes = new Uint8Array(total);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return bytes;
  });
}

/**
 * Writes the content of a file to a descriptor or a stream, in pieces. The checksum is known only at the end: where
 * this throws, what was written must not be used.
 * @throws AppError `ostree/object-missing`, `ostree/object-corrupt`
 */
export async function writeFileContentTo(
  repo: Repo,
  checksum: Checksum,
  sink: number | Writable,
): Promise<void> {
  const object = findFile(repo, checksum);
  try {
    for (const chunk of verifiedChunks(repo, checksum, object)) {
      if (typeof sink === 'number') await writeToDescriptor(repo, sink, chunk);
      else if (!sink.write(chunk.slice())) await once(sink, 'drain');
    }
  } catch (error) {
    throw nameObject(repo, checksum, 'file', error);
  } finally {
    object.close();
  }
}

/** A pipe that Node has made non-blocking answers EAGAIN while it is full. */
async function writeToDescriptor(repo: Repo, fd: number, chunk: Uint8Array): Promise<void> {
  let at = 0;
  while (at < chunk.length) {
    try {
      at += repo.fs.write(fd, chunk, at, chunk.length - at, null);
    } catch (error) {
      if (errnoOf(error) !== 'EAGAIN') throw error;
      await delay(5);
    }
  }
}

/** Opens a content object here or in the parent. */
function findFile(repo: Repo, checksum: Checksum): FileObject {
  for (let at: Repo | null = repo; at !== null; at = at.parent) {
    const owner = at;
    const object = namingObject(owner, checksum, 'file', () => openFileObject(owner, checksum));
    if (object !== null) return object;
  }
  throw missingObject(repo, checksum, 'file');
}

function withFile<T>(repo: Repo, checksum: Checksum, use: (object: FileObject) => T): T {
  const object = findFile(repo, checksum);
  try {
    return namingObject(repo, checksum, 'file', () => use(object));
  } finally {
    object.close();
  }
}

/**
 * The chunks of an open content object. The checksum over header and content is compared when the last has been taken.
 * @throws AppError `ostree/object-corrupt`
 */
export function* verifiedChunks(repo: Repo, checksum: Checksum, object: FileObject): FileChunks {
  const digest = createHash('sha256').update(serializeFileHeader(object.header));
  for (const chunk of object.chunks()) {
    digest.update(chunk);
    yield chunk;
  }
  if (digest.digest('hex') !== checksum) {
    throw corruptObject(repo, checksum, 'file', 'its content does not have its checksum');
  }
}
