import { createRequire } from 'node:module';

/** prctl(2) and setrlimit(2) of Linux, alike on every 64-bit architecture. */
const PR_SET_DUMPABLE = 4;
const RLIMIT_CORE = 4;

/**
 * Keeps what is in this process's memory out of core files, and its memory and environment from other processes of the
 * same user (T-08).
 *
 * @returns whether the kernel agreed
 */
export function forbidCoreDumps(): boolean {
  const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi');
  const library = koffi.load(null);
  const prctl = library.func('int prctl(int, unsigned long, unsigned long, unsigned long, unsigned long)');
  const setrlimit = library.func('int setrlimit(int, const void *)');
  // struct rlimit: soft and hard limit, both nought.
  const isLimited = setrlimit(RLIMIT_CORE, Buffer.alloc(16)) === 0;
  return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) === 0 && isLimited;
}
