import { parentPort, workerData } from 'node:worker_threads';
import { type ReadLoad, readTogether } from './read-load';

// The thread in which people read: it does nothing else, so that what is measured is what they wait for.
parentPort?.postMessage(await readTogether(workerData as ReadLoad));
