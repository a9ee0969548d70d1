/**
 * Closes, releases or removes one thing after the other, the rest too where one fails: a failure must not keep a lock
 * or a descriptor, or leave a temporary file. Throws the last failure.
 */
export function closeAll(steps: readonly (() => void)[]): void {
  const [first, ...rest] = steps;
  if (first === undefined) return;
  try {
    first();
  } finally {
    closeAll(rest);
  }
}
