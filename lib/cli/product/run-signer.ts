import { systemClock } from '../../clock';
import { openDatabase } from '../../db/client';
import { parseDatabaseUrl } from '../../db/database-url';
import { createLogger } from '../../logger';
import { runSigner } from '../../signer/run-signer';
import { type HomeOptions, openChosenHome } from './home-option';
import { databaseUrlOf } from './open-services';
import { signalToEnd, untilAborted } from './process-signals';
import { yieldToReaders } from './yield-to-readers';

/** `treeline signer`: holds the keys until a signal ends it. It only reads the database. */
export async function runSignerProcess(options: HomeOptions): Promise<void> {
  const home = openChosenHome(options);
  const logger = createLogger('signer');
  yieldToReaders();
  const signal = signalToEnd();
  const url = databaseUrlOf(home);
  const address = parseDatabaseUrl(url);
  const db = openDatabase({ url, isReadOnly: true });
  try {
    const signer = await runSigner({
      db,
      ...(address.provider === 'sqlite' && { databasePath: address.path }),
      clock: systemClock,
      signerDir: home.signerDir,
      socketPath: home.signerSocket,
      setupSocketPath: home.signerSetupSocket,
      onRefused: (error) => logger.warn({ error }, 'request refused'),
    });
    logger.info('ready');
    await untilAborted(signal);
    await signer.close();
  } finally {
    await db.$disconnect();
  }
}
