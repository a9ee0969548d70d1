import { closeSync, constants, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { checksumSchema } from '../contracts/scalars';
import { AppError, errnoOf } from '../errors';
import { makePrivateFolder, syncFolder } from './key-files';
import { idSchema } from './protocol';

/** The summary that was signed last for a stage: what the next one is compared with. */
const lastSignedSchema = z.strictObject({
  version: z.literal(1),
  summary: checksumSchema,
  lastModifiedSeconds: z.number().int().nullable(),
  refs: z.record(z.string(), checksumSchema),
});
export type LastSigned = z.infer<typeof lastSignedSchema>;

/** One signature or refusal. Names and checksums only. */
export interface SignerLogEntry {
  at: string;
  event: 'signed-summary' | 'signed-commit' | 'refused' | 'key-added';
  stage: string;
  [detail: string]: string | number | boolean | null | string[];
}

/** The signer's own memory, in `<signerDir>`: `signer.log`, and `signed/<stage id>.json`. Nobody else writes there. */
export interface SignerLog {
  /** What was signed last for the stage; null for the first time. @throws AppError `internal` where it is damaged */
  readLastSigned(stageId: string): LastSigned | null;
  /** Remembers it durably. Called before the signature leaves the signer. */
  writeLastSigned(stageId: string, last: LastSigned): void;
  /** Adds one JSON line durably. */
  append(entry: SignerLogEntry): void;
}

export function openSignerLog(signerDir: string): SignerLog {
  const signedDir = join(signerDir, 'signed');
  makePrivateFolder(signedDir);
  const pathOf = (stageId: string) => join(signedDir, `${idSchema.parse(stageId)}.json`);
  return {
    readLastSigned(stageId) {
      const path = pathOf(stageId);
      try {
        return lastSignedSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
      } catch (cause) {
        if (errnoOf(cause) === 'ENOENT') return null;
        throw new AppError('internal', `${path} is damaged; look at what is published, then remove it`, {
          details: { path },
          cause,
        });
      }
    },
    writeLastSigned(stageId, last) {
      const path = pathOf(stageId);
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW;
      writeDurably(`${path}.new`, flags, JSON.stringify(lastSignedSchema.parse(last)));
      renameSync(`${path}.new`, path);
      syncFolder(signedDir);
    },
    append(entry) {
      const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_APPEND | constants.O_NOFOLLOW;
      writeDurably(join(signerDir, 'signer.log'), flags, `${JSON.stringify(entry)}\n`);
    },
  };
}

function writeDurably(path: string, flags: number, text: string): void {
  const fd = openSync(path, flags, 0o600);
  try {
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
