import { deflateRawSync } from 'node:zlib';
import { type Checksum, sha256 } from '../format/checksum';
import { type FileHeader, serializeFileHeader } from '../format/file-header';
import type { RepoMode } from '../format/object-path';
import { type StoredForm, storedForm } from '../format/stored-form';

/** What of a repository decides how content lies in it. */
export interface StorageSettings {
  readonly mode: RepoMode;
  /** Deflate level of an archive, 1 to 9. */
  readonly zlibLevel: number;
}

/** A content object, ready to be written: plain data, made without touching a file. */
export interface ContentObject {
  readonly form: StoredForm;
  /** What follows the form's head, as it lies on disk. */
  readonly body: Uint8Array;
}

const NO_BYTES = new Uint8Array(0);

/** The checksum of a content object: of its header and, of a file, its content. */
export function contentChecksum(header: FileHeader, content: Uint8Array): Checksum {
  return sha256(serializeFileHeader(header), content);
}

/**
 * Makes a content object of bytes in memory. Pure, as contentChecksum is: both may run on any thread.
 * @throws AppError `ostree/mode-mismatch` for what the mode cannot keep
 */
export function makeContentObject(
  { mode, zlibLevel }: StorageSettings,
  header: FileHeader,
  content: Uint8Array,
): ContentObject {
  const form = storedForm(mode, header, BigInt(content.length));
  if (form.kind === 'symlink' || form.content === 'none') return { form, body: NO_BYTES };
  return { form, body: form.content === 'plain' ? content : deflateRawSync(content, { level: zlibLevel }) };
}
