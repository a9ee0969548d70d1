'use client';

import { useEffect } from 'react';
import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { Problem } from '@/components/ui/problem';
import { ApiProblem } from '@/lib/query/api';

function digestOf(error: unknown): string | null {
  if (error instanceof Error && 'digest' in error && typeof error.digest === 'string') return error.digest;
  return null;
}

/** A page that could not be made. What a service says on purpose is shown in place; this is for bugs. */
export default function ErrorPage({ error, retry }: { error: unknown; retry: () => void }) {
  useEffect(() => console.error(error), [error]);
  const digest = digestOf(error);
  return (
    <>
      <PageHeader crumbs={[{ label: 'Something went wrong' }]} />
      <PageBody>
        <h1 className="sr-only">Something went wrong</h1>
        <Problem
          error={error instanceof ApiProblem ? error : undefined}
          problem={
            error instanceof ApiProblem
              ? undefined
              : {
                  type: 'about:blank',
                  title: 'This page could not be made',
                  status: 500,
                  code: digest === null ? 'internal' : `internal ${digest}`,
                  detail:
                    'That is a fault in Treeline, not in what you did. Try again; if it stays, look for the code below in the web process’s log.',
                }
          }
          retry={retry}
        />
      </PageBody>
    </>
  );
}
