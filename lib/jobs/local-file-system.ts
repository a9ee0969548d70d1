import { AppError } from '../errors';
import type { Repo } from '../ostree/repo/open-repo';

/** `f_type` of file systems whose locks and durability belong to another machine or process (statfs(2)). */
const remoteFileSystems: ReadonlyMap<number, string> = new Map([
  [0x6969, 'NFS'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x517b, 'SMB'],
  [0x65735546, 'FUSE'],
  [0x00c36400, 'Ceph'],
  [0x01021997, '9P'],
]);

/** @throws AppError `ostree/repo-unsupported` where a lock would not mean what it has to */
export function assertLocalFileSystem(repo: Repo): void {
  const name = remoteFileSystems.get(repo.fs.statfs(repo.root).magic >>> 0);
  if (name === undefined) return;
  throw new AppError(
    'ostree/repo-unsupported',
    `${repo.path} lies on ${name}, where locks don't hold; move it to a local disk`,
    {
      details: { path: repo.path, fileSystem: name },
    },
  );
}
