import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import { receivedError, type SentError } from './thread-error';
import { threadProgram } from './thread-program';

/** Beyond this, threads wait for the same locks of the file system. */
const THREADS_MAX = 8;
/**
 * What a thread leaves behind is garbage at the end of each batch. Left alone, its young generation grows as long as it
 * works, to 48 MB, however little lives in it.
 */
const YOUNG_GENERATION_MB = 3;
/** So that a thread finds its next job when it is done with one. */
const JOBS_PER_THREAD = 2;

export type ThreadAnswer = { id: number; result: unknown } | { id: number; error: SentError };

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** One thread. It keeps the process alive only while it has something to do. */
class EngineThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #end: Error | null = null;

  constructor(program: URL) {
    this.#worker = new Worker(program, {
      // A descriptor that a thread opens natively and closes by node:fs would be warned of.
      trackUnmanagedFds: false,
      resourceLimits: { maxYoungGenerationSizeMb: YOUNG_GENERATION_MB },
    });
    this.#worker.unref();
    this.#worker.on('message', (answer: ThreadAnswer) => this.#take(answer));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`a thread of the engine ended with ${code}`)));
  }

  run(job: unknown): Promise<unknown> {
    // Nobody would ever answer.
    if (this.#end !== null) return Promise.reject(this.#end);
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ id, job });
    });
  }

  #take(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker.unref();
    if ('error' in answer) waiting?.reject(receivedError(answer.error));
    else waiting?.resolve(answer.result);
  }

  #fail(error: Error): void {
    this.#end ??= error;
    if (pool?.includes(this)) pool = null;
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

let pool: EngineThread[] | null = null;

/**
 * Starts the threads of this process, if they can be had and are not running yet; they are up some 30 milliseconds later.
 * @returns whether there are any
 */
export function startThreads(): boolean {
  const program = threadProgram();
  if (program === null) return false;
  pool ??= Array.from(
    { length: Math.min(THREADS_MAX, availableParallelism()) },
    () => new EngineThread(program),
  );
  return true;
}

/**
 * Gives jobs to all threads, a few at a time, in order. After a failure no further job begins; those that were begun
 * are waited for, and the first failure is thrown.
 *
 * @param jobs taken one by one, when a thread has room
 * @param take gets what came of each job, in any order; may throw, to stop
 */
export async function runInThreads<Job, Result>(
  jobs: Iterable<Job>,
  take: (result: Result, job: Job) => Promise<void> | void,
): Promise<void> {
  if (!startThreads() || pool === null) throw new Error('this process has no threads');
  const iterator = jobs[Symbol.iterator]();
  const failures: unknown[] = [];
  const drive = async (thread: EngineThread): Promise<void> => {
    try {
      for (let next = iterator.next(); failures.length === 0 && !next.done; next = iterator.next()) {
        await take((await thread.run(next.value)) as Result, next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  const drivers = pool.flatMap((thread) => Array.from({ length: JOBS_PER_THREAD }, () => drive(thread)));
  await Promise.all(drivers);
  if (failures.length > 0) throw failures[0];
}
