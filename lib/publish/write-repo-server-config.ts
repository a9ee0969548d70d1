import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Reader } from '../db/client';
import { errnoOf } from '../errors';
import { repoServerConfigSchema, type ServedStage } from './repo-server-config';

/**
 * Writes what the repository server may know of the database: per stage its name, its repository and the
 * public ed25519 keys it signs with. Called when stages or keys change, and when the server is about to start.
 * The server sees the old file or the new one, never half of one. Nothing is written where nothing changed.
 */
export async function writeRepoServerConfig(db: Reader, configPath: string): Promise<void> {
  const stages = await db.stage.findMany({
    orderBy: { name: 'asc' },
    include: { keys: { where: { type: 'ed25519', purpose: 'sign' }, orderBy: { keyId: 'asc' } } },
  });
  const served: ServedStage[] = stages.map((stage) => ({
    stage: stage.name,
    repoPath: stage.repoPath,
    // Retired keys too: what they signed may be served still.
    ed25519PublicKeys: stage.keys.map((key) => key.publicKey.trim()),
  }));
  const text = `${JSON.stringify(repoServerConfigSchema.parse(served), null, 2)}\n`;
  if (readOrNull(configPath) !== text) replaceFile(configPath, text);
}

function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    // The bundler is not to look for what this opens: it would take the whole project along.
    const fd = openSync(/* turbopackIgnore: true */ temporary, 'wx', 0o640);
    try {
      writeSync(fd, text);
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  const directory = openSync(dirname(path), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT') return null;
    throw error;
  }
}
