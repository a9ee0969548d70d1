import { type Clock, systemClock } from '../clock';
import { type Database, openDatabase, type Reader } from '../db/client';
import { sqliteUrl } from '../db/database-url';
import { readAtHead } from '../db/read-at-head';
import { readEnv } from '../env';
import { type Home, openHome } from '../home';
import { processWide } from '../process-wide';
import { ResultCache } from '../result-cache';
import { connectSignerSetup, type SignerSetup } from '../signer/setup-client';

/** What every service is given. Nothing in a service reads the environment or the clock by itself. */
export interface ServiceContext {
  db: Database;
  /** The database as it is now, for what only reads: as `readAtHead` gives it. */
  atHead(): Promise<Reader>;
  clock: Clock;
  home: Home;
  /** Where clients find the repositories, without a trailing slash: `/<stage>/` is appended. */
  repoUrl: string;
  /** Results that follow from checksums. */
  cache: ResultCache;
  /** Where keys are made; nothing secret comes back from it. */
  signerSetup: SignerSetup;
}

export interface ServiceContextOptions {
  home: Home;
  db: Database;
  clock?: Clock;
  repoUrl?: string;
  /** The running signer's set-up socket unless given: the command line may hold the store itself. */
  signerSetup?: SignerSetup;
}

/** The context of a process other than the web server: the command line, the demo, a test. */
export function createServiceContext(options: ServiceContextOptions): ServiceContext {
  return {
    db: options.db,
    atHead: () => readAtHead(options.db),
    clock: options.clock ?? systemClock,
    home: options.home,
    repoUrl: options.repoUrl ?? 'http://127.0.0.1:3001',
    cache: new ResultCache(),
    signerSetup: options.signerSetup ?? connectSignerSetup(options.home.signerSetupSocket),
  };
}

/** The context of one reading: all of it sees the database at one head, which is asked for once. What it writes it does not see. */
export function contextAtOneHead(ctx: ServiceContext): ServiceContext {
  let reader: Promise<Reader> | null = null;
  return {
    ...ctx,
    atHead: () => {
      reader ??= ctx.atHead();
      return reader;
    },
  };
}

/**
 * The web server's context, made at first use from the environment.
 * @throws AppError `home-missing`, `home-unsafe`, `database-unavailable`
 */
export function getServiceContext(): ServiceContext {
  return processWide('service-context', () => {
    const env = readEnv();
    const home = openHome(env.homePath);
    const db = openDatabase({ url: env.databaseUrl ?? sqliteUrl(home.databasePath) });
    return createServiceContext({ home, db, repoUrl: env.repoUrl });
  });
}
