import { constants } from 'node:fs';
import { type FsPort, nodeFs } from '../fs-port';

/** One call that the engine made. */
export interface FsCall {
  readonly name: keyof FsPort;
  readonly args: readonly unknown[];
}

/** What an interrupted process would be to the engine: no errno, nothing it could handle. */
export class InjectedCrash extends Error {}

/** A system error as node:fs throws it. */
export function systemError(code: string, syscall: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected, ${syscall}`), { code, syscall, errno: -1 });
}

/**
 * For tests: the machine's file system, with `before` called ahead of each call. It may throw in the call's place.
 */
export function watchedFs(before: (call: FsCall) => void): FsPort {
  const port: Record<string, unknown> = {};
  for (const name of Object.keys(nodeFs) as (keyof FsPort)[]) {
    const real = nodeFs[name] as (...args: unknown[]) => unknown;
    port[name] = (...args: unknown[]) => {
      before({ name, args });
      return real(...args);
    };
  }
  return port as unknown as FsPort;
}

const READS: ReadonlySet<string> = new Set<keyof FsPort>([
  'read',
  'fstat',
  'fstatExact',
  'lstat',
  'lstatExact',
  'stat',
  'statfs',
  'access',
  'readdir',
  'readlink',
  'getXattr',
  'listXattrs',
  'getPathXattr',
  'listPathXattrs',
]);

/** Whether a call changes anything on disk or makes it durable. */
export function isEffect({ name, args }: FsCall): boolean {
  if (name === 'open') return (Number(args[1]) & constants.O_CREAT) !== 0;
  // The kernel closes the descriptors of a dead process.
  return name !== 'close' && !READS.has(name);
}

/**
 * For tests: every call from the `nth` effect on fails with a crash, as none is made any more by a process that is
 * dead. A death before a call that only reads is the same as one before the next effect.
 */
export function crashingFs(nth: number): FsPort {
  let count = 0;
  return watchedFs((call) => {
    if (isEffect(call)) count++;
    if (count >= nth && call.name !== 'close')
      throw new InjectedCrash(`crash at effect ${count} (${call.name})`);
  });
}
