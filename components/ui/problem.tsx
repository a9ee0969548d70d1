'use client';

import { TriangleAlert } from 'lucide-react';
import type { ProblemDto } from '@/lib/contracts/scalars';
import { problemOf } from '@/lib/query/api';
import { asSentence } from './as-sentence';
import { Button } from './button';
import { UnsafeText } from './unsafe-text';

export interface ProblemProps {
  problem?: ProblemDto | null;
  /** What a query or mutation threw. */
  error?: unknown;
  retry?: () => void;
}

/** An error in place: what happened, to what, and what to do. Renders nothing where there is none. */
export function Problem({ problem, error, retry }: ProblemProps) {
  const shown = problem ?? (error == null ? null : problemOf(error));
  if (shown === null) return null;
  const fields = Object.entries(shown.fields ?? {});
  return (
    <div role="alert" className="flex gap-2.5 rounded-md border border-bad bg-bad-soft px-3 py-2.5">
      <TriangleAlert aria-hidden="true" className="mt-px size-4 shrink-0 text-bad" />
      <div className="min-w-0 flex-1">
        <p className="font-semibold text-bad">{shown.title}</p>
        <p className="break-words">
          {/* A message may name a ref or a path of a repository. */}
          <UnsafeText text={asSentence(shown.detail)} />
        </p>
        {fields.length === 0 ? null : (
          <ul className="mt-1 list-disc pl-4">
            {fields.map(([field, text]) => (
              <li key={field}>
                <code className="text-sm">{field}</code>: {text}
              </li>
            ))}
          </ul>
        )}
        <p className="mt-1 font-mono text-xs text-muted">{shown.code}</p>
      </div>
      {retry === undefined ? null : (
        <Button size="sm" className="self-start" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
