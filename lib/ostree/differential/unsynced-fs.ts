import { type FsPort, nodeFs } from '../fs-port';

/**
 * The machine's file system without waiting for the disk: comparing results, nobody pulls the plug, and a thousand
 * repositories would wait for hours.
 */
export const unsyncedFs: FsPort = { ...nodeFs, fsync: () => undefined, syncfs: () => undefined };
