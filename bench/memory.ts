import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { deflateRawSync } from 'node:zlib';
import { type Checksum, serializeCommit, serializeDirmeta, serializeDirtree, sha256 } from '../lib/ostree';
import { serializeFileHeader, serializeFilezHeader } from '../lib/ostree/format/file-header';
import { makeEmpty, PROGRAM } from './commands';
import { ostree, REF } from './make-repositories';
import { median } from './measure';

export interface MemoryUse {
  objects: number;
  /** Peak of resident memory, in bytes: the median of several pulls. */
  peakBytes: number;
}

const FILES_PER_DIRECTORY = 100;
/** Pulls of each size: one differs from another by a MiB. */
const RUNS = 3;

/** Pulls repositories of so many files into empty ones, each object hashed, and watches how much memory that takes. */
export async function measureMemory(folder: string, fileCounts: readonly number[]): Promise<MemoryUse[]> {
  const uses: MemoryUse[] = [];
  for (const files of fileCounts) {
    const { path, objects } = makeLarge(folder, files);
    const peaks: number[] = [];
    for (let run = 0; run < RUNS; run++) {
      const target = makeEmpty(folder, 'large-target');
      peaks.push(await peakOf(['repo', 'pull', `--repo=${target}`, path, REF]));
      rmSync(target, { recursive: true, force: true });
    }
    uses.push({ objects, peakBytes: median(peaks) });
    rmSync(path, { recursive: true, force: true });
  }
  return uses;
}

async function peakOf(args: string[]): Promise<number> {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
  const ended = once(child, 'exit');
  let peakBytes = 0;
  for (let isRunning = true; isRunning; ) {
    peakBytes = Math.max(peakBytes, readPeak(child.pid ?? 0));
    isRunning = await Promise.race([ended.then(() => false), pause(20, true)]);
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`treeline ${args.join(' ')} ended with ${code}`);
  return peakBytes;
}

function readPeak(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0; // has ended
  }
}

/** An archive whose objects are written directly: `ostree commit` of a million files takes a quarter of an hour. */
function makeLarge(folder: string, files: number): { path: string; objects: number } {
  const path = makeEmpty(folder, 'large');
  let objects = 0;
  const fanouts = new Set<string>();
  const put = (checksum: Checksum, extension: string, bytes: Uint8Array): Checksum => {
    const fanout = join(path, 'objects', checksum.slice(0, 2));
    if (!fanouts.has(fanout)) mkdirSync(fanout, { recursive: true });
    fanouts.add(fanout);
    writeFileSync(join(fanout, `${checksum.slice(2)}.${extension}`), bytes);
    objects++;
    return checksum;
  };
  const putMetadata = (type: string, bytes: Uint8Array) => put(sha256(bytes), type, bytes);
  const header = { uid: 0, gid: 0, mode: 0o100644, target: '', xattrs: [] };
  const prefix = serializeFileHeader(header);
  const rootDirmeta = putMetadata('dirmeta', serializeDirmeta({ uid: 0, gid: 0, mode: 0o40755, xattrs: [] }));
  const dirs = [];
  for (let directory = 0; directory * FILES_PER_DIRECTORY < files; directory++) {
    const entries = [];
    for (let index = 0; index < FILES_PER_DIRECTORY; index++) {
      const content = Buffer.from(`file ${directory * FILES_PER_DIRECTORY + index}\n`);
      const head = serializeFilezHeader({ ...header, sizeBytes: BigInt(content.length) });
      const stored = Buffer.concat([head, deflateRawSync(content)]);
      entries.push({ name: `file${index}`, checksum: put(sha256(prefix, content), 'filez', stored) });
    }
    const dirtree = putMetadata('dirtree', serializeDirtree({ files: entries, dirs: [] }));
    dirs.push({ name: `directory${directory}`, dirtree, dirmeta: rootDirmeta });
  }
  const rootDirtree = putMetadata('dirtree', serializeDirtree({ files: [], dirs }));
  const commit = {
    metadata: new Map(),
    parent: null,
    subject: 'Large',
    body: '',
    timestamp: 1,
    rootDirtree,
    rootDirmeta,
  };
  const checksum = putMetadata('commit', serializeCommit(commit));
  ostree('refs', `--repo=${path}`, `--create=${REF}`, checksum);
  return { path, objects };
}
