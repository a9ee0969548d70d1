export type Job = () => Promise<void>;

/**
 * Runs up to `width` jobs at once, until `next` has no more and none is running; a job may make further ones. After the
 * first failure no job is begun and `stop` is called, and what that job threw is thrown when all have ended.
 */
export function runJobs(width: number, next: () => Job | null, stop: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    let running = 0;
    let failure: { readonly error: unknown } | null = null;
    const end = (error?: { readonly error: unknown }) => {
      running--;
      if (error !== undefined && failure === null) {
        failure = error;
        stop();
      }
      pump();
    };
    const pump = () => {
      while (failure === null && running < width) {
        const job = next();
        if (job === null) break;
        running++;
        job().then(
          () => end(),
          (error: unknown) => end({ error }),
        );
      }
      if (running > 0) return;
      if (failure === null) resolve();
      else reject(failure.error);
    };
    pump();
  });
}
