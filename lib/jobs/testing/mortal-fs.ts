import { type FsPort, nodeFs } from '../../ostree/fs-port';

/** Every call of the port that changes something, and that a crash or an error can come at. */
const changingMethods = new Set<string>([
  'write',
  'ftruncate',
  'link',
  'linkAt',
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
] satisfies (keyof FsPort)[]);

/**
 * The machine's file system, but the process dies just before the call that `fault` names: `write:<n>` for the n-th
 * call (from 1) that changes something, or `<method>@<text>` for the first of a method whose path holds the text.
 */
export function mortalFs(fault: string): FsPort {
  const [, at] = /^write:(\d+)$/.exec(fault) ?? [];
  const [, method, text = ''] = /^(\w+)@(.*)$/.exec(fault) ?? [];
  let changes = 0;
  return beforeEachCall((name, args) => {
    const isNamed = name === method && args.some((arg) => typeof arg === 'string' && arg.includes(text));
    if (isNamed || (changingMethods.has(name) && ++changes === Number(at))) {
      process.kill(process.pid, 'SIGKILL');
    }
  });
}

export interface FailingFs {
  fs: FsPort;
  /** Whether the call has come that was to fail. */
  hasFailed(): boolean;
}

/** The machine's file system, but its n-th call (from 1) that changes something fails with `code`, once. */
export function failingFs(at: number, code: string): FailingFs {
  let changes = 0;
  const fs = beforeEachCall((name) => {
    if (!changingMethods.has(name) || ++changes !== at) return;
    throw Object.assign(new Error(`${code}: injected into ${name}`), { code, syscall: name });
  });
  return { fs, hasFailed: () => changes >= at };
}

function beforeEachCall(look: (name: string, args: readonly unknown[]) => void): FsPort {
  return new Proxy(nodeFs, {
    get(target, name: keyof FsPort) {
      const original = target[name] as (...args: unknown[]) => unknown;
      return (...args: unknown[]) => {
        look(name, args);
        return original(...args);
      };
    },
  });
}
