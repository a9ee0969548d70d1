import Link from 'next/link';
import { Fragment } from 'react';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { pathSteps, type TreeCommit, treePath } from './tree-path';

/** A path whose folders are links. The last step is where one is. */
export function PathCrumbs({ commit, path }: { commit: TreeCommit; path: string }) {
  const steps = pathSteps(path);
  return (
    <span className="flex min-w-0 flex-wrap items-baseline font-mono text-sm font-normal">
      <Link
        href={treePath(commit, { path: '/' })}
        aria-label="Root folder"
        className="link pr-0.5 text-brand"
      >
        /
      </Link>
      {steps.map((step, index) => (
        <Fragment key={step.path}>
          {index === 0 ? null : (
            <span aria-hidden="true" className="text-faint">
              /
            </span>
          )}
          {index === steps.length - 1 ? (
            <b className="font-semibold break-all">
              <UnsafeText text={step.name} />
            </b>
          ) : (
            <Link href={treePath(commit, { path: step.path })} className="link break-all text-brand">
              <UnsafeText text={step.name} />
            </Link>
          )}
        </Fragment>
      ))}
    </span>
  );
}
