import { isEffect, systemError, watchedFs } from '../../ostree/fixtures/faulty-fs';
import type { FsPort } from '../../ostree/fs-port';

/**
 * The machine's file system, but the process dies just before the call that `fault` names: `write:<n>` for the n-th
 * call (from 1) that changes something, or `<method>@<text>` for the first of a method whose path holds the text.
 */
export function mortalFs(fault: string): FsPort {
  const [, at] = /^write:(\d+)$/.exec(fault) ?? [];
  const [, method, text = ''] = /^(\w+)@(.*)$/.exec(fault) ?? [];
  let changes = 0;
  return watchedFs((call) => {
    const isNamed =
      call.name === method && call.args.some((arg) => typeof arg === 'string' && arg.includes(text));
    if (isNamed || (isEffect(call) && ++changes === Number(at))) process.kill(process.pid, 'SIGKILL');
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
  const fs = watchedFs((call) => {
    if (isEffect(call) && ++changes === at) throw systemError(code, call.name);
  });
  return { fs, hasFailed: () => changes >= at };
}
