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

/** For tests: every call from the `nth` on fails with a crash, as none is made any more by a process that is dead. */
export function crashingFs(nth: number): { fs: FsPort; readonly calls: () => number } {
  let count = 0;
  const fs = watchedFs(({ name }) => {
    // A dead process's descriptors are closed by the kernel.
    if (name === 'close') return;
    if (++count >= nth) throw new InjectedCrash(`crash at call ${count} (${name})`);
  });
  return { fs, calls: () => count };
}
