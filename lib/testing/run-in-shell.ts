import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Reads programs with their arguments, NUL behind each and their count before them; runs each to its end and writes its
 * status. The descriptor that it reads from is not the programs' standard input.
 */
const LOOP = `
exec 3<"$1/requests" 4>"$1/replies"
while IFS= read -r -d '' -u 3 count; do
  words=()
  for ((at = 0; at < count; at++)); do IFS= read -r -d '' -u 3 word; words+=("$word"); done
  "\${words[@]}" <"/dev/null" >"$1/stdout" 2>"$1/stderr" 3<&- 4>&-
  printf '%d\\n' $? >&4
done`;

export interface Ended {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

interface Shell {
  readonly folder: string;
  readonly requests: number;
  readonly replies: number;
}

let shell: Shell | null = null;

/**
 * Runs a program to its end, with this process's environment as it was at the first call. A shell that was started once
 * starts it: to fork a test process, with hundreds of megabytes, takes as long as all that `ostree` does.
 */
export function runInShell(program: string, args: readonly string[]): Ended {
  shell ??= startShell();
  const { folder, requests, replies } = shell;
  const words = [program, ...args];
  writeAll(requests, Buffer.from(`${[String(words.length), ...words].join('\0')}\0`));
  return {
    status: readStatus(replies),
    stdout: readFileSync(join(folder, 'stdout')),
    stderr: readFileSync(join(folder, 'stderr'), 'utf8'),
  };
}

function startShell(): Shell {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'));
  execFileSync('mkfifo', [join(folder, 'requests'), join(folder, 'replies')]);
  const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
  const child = spawn('bash', ['-c', LOOP, 'bash', folder], { env, stdio: 'ignore' });
  child.unref();
  process.once('exit', () => {
    child.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  // Each waits for the shell to open its other end.
  const requests = openSync(join(folder, 'requests'), 'w');
  return { folder, requests, replies: openSync(join(folder, 'replies'), 'r') };
}

function writeAll(fd: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(fd, bytes, at);
}

function readStatus(fd: number): number {
  const byte = Buffer.alloc(1);
  let text = '';
  while (readSync(fd, byte) === 1) {
    if (byte[0] === 0x0a) return Number(text);
    text += byte.toString('latin1');
  }
  throw new Error('the shell that runs programs for the tests has ended');
}
