import type { TextDiffLineDto } from '../contracts/commit';

/** Unchanged lines shown around each change. */
const CONTEXT_LINES = 3;
/** Edits after which the search ends and the rest counts as replaced: the work grows with their square. */
const EDITS_MAX = 1500;

type Edit = { kind: 'context' | 'added' | 'removed'; from: number; to: number };

/**
 * The difference of two texts by lines, shortest edit script first found (Myers 1986), with three lines of context;
 * `skip` rows stand for unchanged lines left out. Lines are counted from 1.
 */
export function diffLines(before: string, after: string): TextDiffLineDto[] {
  const a = splitLines(before);
  const b = splitLines(after);
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let end = 0;
  while (
    end < a.length - start &&
    end < b.length - start &&
    a[a.length - 1 - end] === b[b.length - 1 - end]
  ) {
    end += 1;
  }
  const edits: Edit[] = [];
  for (let i = 0; i < start; i++) edits.push({ kind: 'context', from: i, to: i });
  const middle = shortestEdits(a.slice(start, a.length - end), b.slice(start, b.length - end));
  edits.push(...middle.map((edit) => ({ kind: edit.kind, from: edit.from + start, to: edit.to + start })));
  for (let i = end; i > 0; i--) edits.push({ kind: 'context', from: a.length - i, to: b.length - i });
  return withContext(edits, a, b);
}

function splitLines(text: string): string[] {
  if (text === '') return [];
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function shortestEdits(a: readonly string[], b: readonly string[]): Edit[] {
  const trace = searchForwards(a, b);
  return trace === null ? replaceAll(a, b) : walkBack(trace, a.length, b.length);
}

/** The furthest points reached after each number of edits, or null where there are too many. */
function searchForwards(a: readonly string[], b: readonly string[]): Int32Array[] | null {
  const offset = Math.min(a.length + b.length, EDITS_MAX) + 1;
  const furthest = new Int32Array(2 * offset + 1);
  const trace: Int32Array[] = [];
  for (let edits = 0; edits < offset; edits++) {
    trace.push(furthest.slice(offset - edits - 1, offset + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const down = furthest[offset + k + 1] ?? 0;
      const right = (furthest[offset + k - 1] ?? 0) + 1;
      const isDown = k === -edits || (k !== edits && right - 1 < down);
      let x = isDown ? down : right;
      while (x < a.length && x - k < b.length && x - k >= 0 && a[x] === b[x - k]) x += 1;
      furthest[offset + k] = x;
      if (x >= a.length && x - k >= b.length) return trace;
    }
  }
  return null;
}

/** The path that led to the end, from its end: each element of `trace` holds the points around its diagonals. */
function walkBack(trace: readonly Int32Array[], aLength: number, bLength: number): Edit[] {
  const edits: Edit[] = [];
  let x = aLength;
  let y = bLength;
  for (let count = trace.length - 1; count >= 0; count--) {
    const points = trace[count];
    const at = (k: number) => points?.[k + count + 1] ?? 0;
    const k = x - y;
    const isDown = k === -count || (k !== count && at(k - 1) < at(k + 1));
    const previousK = isDown ? k + 1 : k - 1;
    const previousX = count === 0 ? 0 : at(previousK);
    const previousY = count === 0 ? 0 : previousX - previousK;
    while (x > previousX && y > previousY) {
      x -= 1;
      y -= 1;
      edits.push({ kind: 'context', from: x, to: y });
    }
    if (count === 0) break;
    if (isDown) edits.push({ kind: 'added', from: x, to: y - 1 });
    else edits.push({ kind: 'removed', from: x - 1, to: y });
    x = previousX;
    y = previousY;
  }
  return edits.reverse();
}

function replaceAll(a: readonly string[], b: readonly string[]): Edit[] {
  return [
    ...a.map((_, from): Edit => ({ kind: 'removed', from, to: 0 })),
    ...b.map((_, to): Edit => ({ kind: 'added', from: a.length, to })),
  ];
}

function withContext(edits: readonly Edit[], a: readonly string[], b: readonly string[]): TextDiffLineDto[] {
  const isShown = new Uint8Array(edits.length);
  edits.forEach((edit, index) => {
    if (edit.kind === 'context') return;
    const last = Math.min(edits.length - 1, index + CONTEXT_LINES);
    for (let near = Math.max(0, index - CONTEXT_LINES); near <= last; near++) isShown[near] = 1;
  });
  const lines: TextDiffLineDto[] = [];
  let skipped = 0;
  const endSkip = () => {
    if (skipped > 0) {
      const text = `${skipped} unchanged line${skipped === 1 ? '' : 's'}`;
      lines.push({ kind: 'skip', fromLine: null, toLine: null, text });
    }
    skipped = 0;
  };
  edits.forEach(({ kind, from, to }, index) => {
    if (!isShown[index]) {
      skipped += 1;
      return;
    }
    endSkip();
    lines.push({
      kind,
      fromLine: kind === 'added' ? null : from + 1,
      toLine: kind === 'removed' ? null : to + 1,
      text: (kind === 'added' ? b[to] : a[from]) ?? '',
    });
  });
  endSkip();
  return lines;
}
