import { libc, systemError } from './libc';

/** Makes everything written to the file system of `fd` durable: syncfs(2). Throws a system error. */
export function syncFileSystem(fd: number): void {
  if (libc().syncfs(fd) !== 0) throw systemError('syncfs');
}
