/** The program of a thread, or null where there is none: sources that run unbuilt work in their own thread alone. */
let program: URL | null = null;

/**
 * Lets long work of this process use every core. Whoever starts a process says where its threads begin: only he knows
 * where the built file lies.
 * @param url of the built `engine-thread.js`
 */
export function enableThreads(url: URL): void {
  program = url;
}

export function threadProgram(): URL | null {
  return program;
}
