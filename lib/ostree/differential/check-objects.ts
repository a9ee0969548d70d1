import { readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { expect } from 'vitest';
import { parseCommit, serializeCommit } from '../format/commit';
import { parseDirmeta, serializeDirmeta } from '../format/dirmeta';
import { parseDirtree, serializeDirtree } from '../format/dirtree';
import {
  HEADER_PREFIX_BYTES,
  parseFilezHeader,
  parseHeaderPrefix,
  serializeFilezHeader,
} from '../format/file-header';
import { parseSignatureSet, serializeSignatureSet } from '../format/signatures';
import type { MadeRepo } from './make-repo';
import { listObjectFiles } from './repo-files';

const REWRITERS: Readonly<Record<string, (bytes: Uint8Array) => Uint8Array>> = {
  '.commit': (bytes) => serializeCommit(parseCommit(bytes)),
  '.dirtree': (bytes) => serializeDirtree(parseDirtree(bytes)),
  '.dirmeta': (bytes) => serializeDirmeta(parseDirmeta(bytes)),
  '.commitmeta': (bytes) => serializeSignatureSet(parseSignatureSet(bytes)),
  '.filez': (bytes) => serializeFilezHeader(parseFilezHeader(bytes.subarray(HEADER_PREFIX_BYTES))),
};

/** Every object that `ostree` wrote is read, and would be written again byte for byte. */
export function checkObjects(made: MadeRepo): void {
  for (const name of listObjectFiles(made.path)) {
    const rewrite = REWRITERS[extname(name)];
    if (rewrite === undefined) continue;
    const bytes = readFileSync(join(made.path, 'objects', name));
    const expected = name.endsWith('.filez') ? headerOf(bytes) : bytes;
    expect(Buffer.from(rewrite(expected)).equals(expected), name).toBe(true);
  }
}

/** The header of an archive file, prefix included. */
function headerOf(bytes: Buffer): Buffer {
  const length = parseHeaderPrefix(bytes, bytes.length - HEADER_PREFIX_BYTES);
  return bytes.subarray(0, HEADER_PREFIX_BYTES + length);
}
