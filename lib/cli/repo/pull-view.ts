import type { PullRevsResult } from '../../ostree';
import { printJson, printLines } from '../output';

/** Prints what `pull` and `recommit` did. */
export function printPull(result: PullRevsResult, asJson: boolean): void {
  const { refs, objectsLinked, objectsCopied, objectsPresent, bytesCopied, commits, deltas } = result;
  if (asJson) {
    printJson({
      refs,
      objectsLinked,
      objectsCopied,
      objectsPresent,
      bytesCopied: String(bytesCopied),
      commits,
      deltasCarried: deltas.carried,
      deltasLeft: deltas.left,
    });
    return;
  }
  printLines([
    ...refs.map(({ ref, from, to }) => `${ref}: ${from === to ? 'is at' : `${from ?? '(new)'} →`} ${to}`),
    ...deltas.carried.map((name) => `static delta ${name} came along`),
    ...deltas.left.map(({ name, why }) => `static delta ${name} stays behind: ${why}`),
    `${objectsLinked} objects linked, ${objectsCopied} copied (${bytesCopied} bytes), ${objectsPresent} present`,
  ]);
}
