import type { PullRevsResult } from '../../ostree';
import { printJson, printLines } from '../output';

/** Prints what `pull` and `recommit` did. */
export function printPull(result: PullRevsResult, asJson: boolean): void {
  const { refs, objectsLinked, objectsCopied, objectsPresent, bytesCopied, commits } = result;
  if (asJson) {
    printJson({
      refs,
      objectsLinked,
      objectsCopied,
      objectsPresent,
      bytesCopied: String(bytesCopied),
      commits,
    });
    return;
  }
  printLines([
    ...refs.map(({ ref, from, to }) => `${ref}: ${from === to ? 'is at' : `${from ?? '(new)'} →`} ${to}`),
    `${objectsLinked} objects linked, ${objectsCopied} copied (${bytesCopied} bytes), ${objectsPresent} present`,
  ]);
}
