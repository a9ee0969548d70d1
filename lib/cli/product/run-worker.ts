import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock } from '../../clock';
import { readEnv } from '../../env';
import { runWorker } from '../../jobs/run-worker';
import { createLogger } from '../../logger';
import { connectSigner } from '../../signer/client';
import { type HomeOptions, openChosenHome } from './home-option';
import { withDatabase } from './open-services';
import { signalToEnd } from './process-signals';

/** `treeline worker`: carries out approved promotions until a signal ends it. Any number may run at once. */
export async function runWorkerProcess(options: HomeOptions): Promise<void> {
  const home = openChosenHome(options);
  const log = createLogger('worker');
  const signal = signalToEnd();
  await withDatabase(home, async (db) => {
    log.info('ready');
    await runWorker(
      {
        db,
        clock: systemClock,
        signer: connectSigner(home.signerSocket),
        repoUrl: readEnv().repoUrl ?? null,
        log,
        workerName: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
      },
      signal,
    );
  });
}
