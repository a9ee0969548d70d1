import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { systemClock } from '../../clock';
import { readEnv } from '../../env';
import { runWorker } from '../../jobs/run-worker';
import { createLogger } from '../../logger';
import { type AutomaticRests, askAutomatically } from '../../services/ask-automatically';
import { createServiceContext } from '../../services/service-context';
import { connectSigner } from '../../signer/client';
import { type HomeOptions, openChosenHome } from './home-option';
import { withDatabase } from './open-services';
import { signalToEnd } from './process-signals';
import { yieldToReaders } from './yield-to-readers';

/** How long the worker may take to end once it is told to, in milliseconds. */
const graceMilliseconds = 9_000;

/**
 * `treeline worker`: carries out approved promotions until a signal ends it. Any number may run at once. It finishes or
 * hands over what it is doing; where something it waits for keeps it from that, it ends all the same, as if it had been
 * killed: the next worker takes the run up.
 */
export async function runWorkerProcess(options: HomeOptions): Promise<void> {
  const home = openChosenHome(options);
  const log = createLogger('worker');
  yieldToReaders();
  const signal = signalToEnd();
  signal.addEventListener('abort', () => {
    const end = setTimeout(() => {
      log.warn('the worker did not come to an end in time; what it was doing is left to the next one');
      process.exit(1);
    }, graceMilliseconds);
    end.unref();
  });
  await withDatabase(home, async (db) => {
    const services = createServiceContext({ home, db });
    const rests: AutomaticRests = new Map();
    log.info('ready');
    await runWorker(
      {
        db,
        clock: systemClock,
        signer: connectSigner(home.signerSocket),
        repoUrl: readEnv().repoUrl ?? null,
        askAutomatically: () => askAutomatically(services, { rests, log }),
        log,
        workerName: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`,
      },
      signal,
    );
  });
}
