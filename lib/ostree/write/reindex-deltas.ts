import { type Dict, serializeDict, sortedDictValue } from '../../gvariant';
import { type Checksum, checksumToBytes } from '../format/checksum';
import { deltaIndexPath, parseDeltaIndexFile } from '../format/delta-name';
import { limits } from '../format/limits';
import { summaryKeys } from '../format/summary';
import { listDeltas, superblockChecksum } from '../repo/list-deltas';
import type { Repo } from '../repo/open-repo';
import { readWholeFile } from '../repo/read-whole-file';
import { asWriteError } from './io-error';
import { makeDirectory } from './make-directory';
import { readdirIfThere } from './remove-objects';
import { syncDirectory, writeDurableFile } from './write-durable-file';

/**
 * Brings `delta-indexes/` in line with `deltas/`: an index for each commit that deltas lead to, none for others. Clients
 * of a repository whose summary says `indexed-deltas` look there alone. Then sets `core.indexed-deltas`, which is
 * what libostree does and the one thing that Treeline ever writes into a repository's config.
 *
 * @throws AppError `ostree/repo-invalid`, `ostree/no-space`, `ostree/io-failed`
 * @see libostree `ostree_repo_static_delta_reindex`
 */
export function reindexDeltas(repo: Repo): void {
  const wanted = new Map<Checksum, Dict>();
  for (const delta of listDeltas(repo)) {
    const checksum = superblockChecksum(repo, delta);
    if (checksum === null) continue;
    const index = wanted.get(delta.to) ?? new Map();
    index.set(delta.name, { type: 'ay', value: checksumToBytes(checksum) });
    wanted.set(delta.to, index);
  }
  try {
    for (const [to, deltas] of wanted) writeIndex(repo, to, deltas);
    removeStaleIndexes(repo, wanted);
    markIndexed(repo);
  } catch (error) {
    throw asWriteError(repo, 'indexing the deltas of', error);
  }
}

function writeIndex(repo: Repo, to: Checksum, deltas: Dict): void {
  const path = deltaIndexPath(to);
  const index: Dict = new Map([
    [summaryKeys.staticDeltas, { type: 'a{sv}', value: sortedDictValue(deltas) }],
  ]);
  const bytes = serializeDict(index);
  const present = readWholeFile(repo.fs, `${repo.root}/${path}`, limits.summarySizeBytesMax, path);
  if (present !== null && Buffer.compare(present, bytes) === 0) return;
  makeDirectory(repo, 'delta-indexes');
  makeDirectory(repo, path.slice(0, path.lastIndexOf('/')));
  writeDurableFile(repo, path, bytes);
}

function removeStaleIndexes(repo: Repo, wanted: ReadonlyMap<Checksum, Dict>): void {
  for (const fanout of readdirIfThere(repo, 'delta-indexes')) {
    if (fanout.type !== 'directory') continue;
    for (const { name } of readdirIfThere(repo, `delta-indexes/${fanout.name}`)) {
      const to = parseDeltaIndexFile(fanout.name, name);
      if (to !== null && !wanted.has(to)) {
        repo.fs.unlink(`${repo.root}/delta-indexes/${fanout.name}/${name}`);
        syncDirectory(repo, `${repo.root}/delta-indexes/${fanout.name}`);
      }
    }
  }
}

/** Sets `core.indexed-deltas=true` and leaves every other byte of the config as it is. */
function markIndexed(repo: Repo): void {
  const bytes = readWholeFile(repo.fs, `${repo.root}/config`, limits.configSizeBytesMax, 'config');
  if (bytes === null) return;
  const lines = Buffer.from(bytes).toString('utf8').split('\n');
  const core = lines.findIndex((line) => line.trim() === '[core]');
  if (core < 0) return;
  const next = lines.findIndex((line, at) => at > core && line.trimStart().startsWith('['));
  const end = next < 0 ? lines.length : next;
  const own = lines.findIndex((line, at) => at > core && at < end && /^\s*indexed-deltas\s*=/.test(line));
  if (own >= 0 && /=\s*true\s*$/.test(lines[own] as string)) return;
  if (own >= 0) lines[own] = 'indexed-deltas=true';
  else lines.splice(core + 1, 0, 'indexed-deltas=true');
  writeDurableFile(repo, 'config', Buffer.from(lines.join('\n')));
}
