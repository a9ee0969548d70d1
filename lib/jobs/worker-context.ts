import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { FsPort } from '../ostree/fs-port';
import type { SignerClient } from '../signer/client';

/** What the worker says, one line a fact. The product's logger is one. */
export interface WorkerLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

/** What a worker is given. */
export interface WorkerContext {
  db: Database;
  clock: Clock;
  signer: SignerClient;
  /** Base URL under which the repository server serves `/<stage>/`; null: the probe looks into the directory. */
  repoUrl: string | null;
  log: WorkerLog;
  /** Names this worker in leases and in the audit log; unique among workers. */
  workerName: string;
  /** Asks for what edges promote by themselves; absent where nobody does. */
  askAutomatically?: () => Promise<void>;
  /** The file system that the engine is given; tests put one in place that dies at a chosen call. */
  fs?: FsPort;
  /** How often it looks for work, in milliseconds; 500 by default. */
  pollMilliseconds?: number;
  /** How often it looks at what others do in stages, in milliseconds; 30,000 by default. */
  lookMilliseconds?: number;
}
