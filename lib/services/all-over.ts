/**
 * As Promise.all, but fails only when all are over: what one of them uses is then closed by nobody while it still does.
 */
export async function allOver<Work extends readonly unknown[] | []>(
  work: Work,
): Promise<{ -readonly [Each in keyof Work]: Awaited<Work[Each]> }> {
  await Promise.allSettled(work);
  return await Promise.all(work);
}
