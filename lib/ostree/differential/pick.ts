/** One of a list that is not empty, chosen by a number of the plan. */
export function pick<T>(list: readonly T[], choice = 0): T {
  return list[choice % list.length] as T;
}

/** The lines of what a program printed, without empty ones. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

/** Lines as a program prints them. */
export function toText(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('');
}
