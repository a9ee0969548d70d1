import { readlinkSync } from 'node:fs';
import { type FsPort, nodeFs } from '../../ostree/fs-port';

/**
 * The machine's file system, but the process dies just before the call that `fault` names: `<method>:<n>` for the
 * n-th call (from 1) of a method, `write:<n>` for the n-th of any method that changes something, or
 * `<method>@<text>` for the first whose path holds the text. `errno:<method>:<n>:<code>` fails instead.
 */
export function mortalFs(fault: string): FsPort {
  const [, errnoMethod, errnoAt, errnoCode] = /^errno:(\w+):(\d+):(\w+)$/.exec(fault) ?? [];
  const [, method, at] = /^(\w+):(\d+)$/.exec(fault) ?? [];
  const [, pathMethod, text] = /^(\w+)@(.*)$/.exec(fault) ?? [];
  let calls = 0;
  const writers = new Set<string>(changingMethods);
  return new Proxy(nodeFs, {
    get(target, name: keyof FsPort) {
      const original = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        if (
          pathMethod === name &&
          args.some((arg) => typeof arg === 'string' && arg.includes(text as string))
        )
          die();
        const isCounted =
          method === name || (method === 'write' && writers.has(name)) || errnoMethod === name;
        if (isCounted && ++calls === Number(at ?? errnoAt)) {
          if (errnoMethod === undefined) die();
          throw Object.assign(new Error(`${errnoCode}: injected`), { code: errnoCode, syscall: name });
        }
        return original(...args);
      };
    },
  });
}

/** Every call of the port that a crash can come before or after. */
export const changingMethods = [
  'write',
  'ftruncate',
  'link',
  'symlink',
  'rename',
  'unlink',
  'mkdir',
  'rmdir',
  'fsync',
  'fdatasync',
  'syncfs',
  'fchmod',
  'futimes',
  'utimes',
  'copyFile',
] as const satisfies readonly (keyof FsPort)[];

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error(`still alive: ${readlinkSync('/proc/self')}`);
}
