import { systemClock } from '../../clock';
import { openDatabase } from '../../db/client';
import { isAppError } from '../../errors';
import type { Home } from '../../home';
import { runSigner } from '../../signer/run-signer';
import { databaseUrlOf } from './open-services';

/**
 * Runs `work` while a signer answers on the home's sockets: the one that runs already, or else one of our
 * own that ends with the work. So keys can be made before `treeline serve` was ever started.
 */
export async function withSigner<T>(home: Home, work: () => Promise<T>): Promise<T> {
  const db = openDatabase({ url: databaseUrlOf(home), isReadOnly: true });
  try {
    const signer = await runSigner({
      db,
      clock: systemClock,
      signerDir: home.signerDir,
      socketPath: home.signerSocket,
      setupSocketPath: home.signerSetupSocket,
    }).catch((error: unknown) => {
      if (isAppError(error, 'conflict')) return null;
      throw error;
    });
    try {
      return await work();
    } finally {
      await signer?.close();
    }
  } finally {
    await db.$disconnect();
  }
}
