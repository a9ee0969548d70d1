import type { HTMLAttributes, ReactNode, TdHTMLAttributes, ThHTMLAttributes } from 'react';
import { ScrollX } from './scroll-x';

export interface TableProps {
  /** What the table lists, for those who can't see where it stands. */
  label: string;
  className?: string;
  children: ReactNode;
}

/** A table with tight rows. It scrolls sideways by itself where it is too wide. */
export function Table({ label, className, children }: TableProps) {
  return (
    <ScrollX label={label} className="rounded-b-lg">
      <table
        aria-label={label}
        className={`w-full border-collapse text-left [&_tbody_tr:last-child>td]:border-b-0 ${className ?? ''}`}
      >
        {children}
      </table>
    </ScrollX>
  );
}

export interface ThProps extends ThHTMLAttributes<HTMLTableCellElement> {
  isNumeric?: boolean;
}

export function Th({ isNumeric, className, ...props }: ThProps) {
  return (
    <th
      scope="col"
      {...props}
      className={`border-b border-line px-3.5 py-1.5 text-xs font-medium whitespace-nowrap text-faint ${isNumeric ? 'text-right' : ''} ${className ?? ''}`}
    />
  );
}

export interface TdProps extends TdHTMLAttributes<HTMLTableCellElement> {
  isNumeric?: boolean;
}

export function Td({ isNumeric, className, ...props }: TdProps) {
  return (
    <td
      {...props}
      className={`border-b border-line px-3.5 py-1.5 align-middle ${isNumeric ? 'text-right tabular-nums' : ''} ${className ?? ''}`}
    />
  );
}

/** A row that lights up under the pointer. */
export function Tr({ className, ...props }: HTMLAttributes<HTMLTableRowElement>) {
  return <tr {...props} className={`hover:bg-hover ${className ?? ''}`} />;
}
