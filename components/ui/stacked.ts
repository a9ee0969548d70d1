/**
 * Classes that turn a table's rows into stacks of lines on a narrow screen, where a row of cells would
 * have to be scrolled sideways. The headings stay for screen readers.
 */
export const STACKED = {
  table: 'max-sm:block',
  head: 'max-sm:sr-only',
  body: 'max-sm:block',
  row: 'max-sm:flex max-sm:flex-wrap max-sm:items-center max-sm:gap-x-3 max-sm:gap-y-1 max-sm:border-b max-sm:border-line max-sm:px-3.5 max-sm:py-2.5 max-sm:last:border-b-0',
  /** A cell that shares its line with its neighbours. */
  cell: 'max-sm:border-0 max-sm:p-0 max-sm:empty:hidden',
  /** A cell with a line of its own. */
  line: 'max-sm:w-full max-sm:border-0 max-sm:p-0',
} as const;
