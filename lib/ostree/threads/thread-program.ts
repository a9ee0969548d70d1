/** The program of a thread, or null where there is none: sources that run unbuilt work in their own thread alone. */
let findProgram: () => URL | null = () => null;

/**
 * Lets long work of this process use every core. Whoever starts a process says where its threads begin: only he knows
 * where the built file lies.
 * @param find gives the URL of the built `engine-thread.cjs`, once it is needed; null where there is none
 */
export function enableThreads(find: () => URL | null): void {
  findProgram = find;
}

export function threadProgram(): URL | null {
  return findProgram();
}
