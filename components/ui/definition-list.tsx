import { Fragment, type ReactNode } from 'react';

export interface DefinitionListProps {
  /** Rows whose value is null are left out. */
  rows: ReadonlyArray<readonly [term: string, value: ReactNode]>;
}

/** Names and values in two columns. */
export function DefinitionList({ rows }: DefinitionListProps) {
  return (
    <dl className="grid grid-cols-[minmax(84px,118px)_minmax(0,1fr)] gap-x-2.5 gap-y-[5px]">
      {rows.map(([term, value]) =>
        value === null ? null : (
          <Fragment key={term}>
            <dt className="text-muted">{term}</dt>
            <dd className="min-w-0 break-words">{value}</dd>
          </Fragment>
        ),
      )}
    </dl>
  );
}
