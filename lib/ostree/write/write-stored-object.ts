import { constants } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createDeflateRaw } from 'node:zlib';
import type { StoredFile, StoredForm, StoredSymlink } from '../format/stored-form';
import type { Repo } from '../repo/open-repo';
import type { ContentObject } from './make-content-object';
import { writeFully } from './write-durable-file';

/**
 * Writes an object that is in memory under a temporary name, with everything that its inode is to say. It is not
 * durable yet.
 * @returns its size in bytes as it lies there
 */
export function writeContentObject(repo: Repo, path: string, { form, body }: ContentObject): number {
  if (form.kind === 'symlink') return writeSymlink(repo, path, form);
  return writeFile(repo, path, form, (fd) => {
    writeFully(repo, fd, body);
    return body.length;
  });
}

/**
 * As writeContentObject, with content that comes in chunks and is deflated, where the form asks for it, as it comes.
 * When `chunks` throws, what was written is of no use.
 */
export async function streamContentObject(
  repo: Repo,
  path: string,
  form: StoredForm,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): Promise<number> {
  if (form.kind === 'symlink') {
    for await (const _ of chunks);
    return writeSymlink(repo, path, form);
  }
  const fd = createFile(repo, path);
  try {
    writeFully(repo, fd, form.head);
    let sizeBytes = form.head.length;
    const parts = form.content === 'deflated' ? deflated(chunks, repo.config.zlibLevel) : chunks;
    for await (const part of parts) {
      writeFully(repo, fd, part);
      sizeBytes += part.length;
    }
    finishFile(repo, fd, form);
    return sizeBytes;
  } finally {
    repo.fs.close(fd);
  }
}

function writeFile(repo: Repo, path: string, form: StoredFile, writeBody: (fd: number) => number): number {
  const fd = createFile(repo, path);
  try {
    writeFully(repo, fd, form.head);
    const sizeBytes = form.head.length + writeBody(fd);
    finishFile(repo, fd, form);
    return sizeBytes;
  } finally {
    repo.fs.close(fd);
  }
}

function createFile(repo: Repo, path: string): number {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  return repo.fs.open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600);
}

/**
 * Owner, then mode, then attributes, as a change of owner takes setuid and capabilities away; and not before the content
 * is whole, so that no program with foreign content is ever setuid.
 */
function finishFile(repo: Repo, fd: number, { owner, permissions, xattrs, isTimeless }: StoredFile): void {
  const { fs } = repo;
  if (owner !== null) fs.fchown(fd, owner.uid, owner.gid);
  fs.fchmod(fd, permissions);
  for (const { name, value } of xattrs) fs.setXattr(fd, Buffer.from(name).toString('latin1'), value);
  if (isTimeless) fs.futimes(fd, 0, 0);
}

/** Its times stay what they are, as with libostree. */
function writeSymlink(repo: Repo, path: string, { target, owner, xattrs }: StoredSymlink): number {
  const { fs } = repo;
  fs.symlink(target, path);
  if (owner !== null) fs.lchown(path, owner.uid, owner.gid);
  for (const { name, value } of xattrs) fs.setPathXattr(path, Buffer.from(name).toString('latin1'), value);
  return Buffer.byteLength(target);
}

async function* deflated(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  level: number,
): AsyncGenerator<Uint8Array> {
  const deflate = createDeflateRaw({ level });
  const fed = pipeline(copiesOf(chunks), deflate);
  const settled = fed.catch(() => undefined);
  try {
    for await (const part of deflate) yield part as Uint8Array;
    await fed;
  } finally {
    // Also where no more is asked for, since writing failed: `chunks` has ended then, and closed the file behind it.
    await settled;
  }
}

/** The reader may use its buffer again before the stream has come to it. */
async function* copiesOf(chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk);
}
