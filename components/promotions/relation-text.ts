import type { OfferedRef } from './offer-refs';

/** How a source ref stands to its target, in a word or two. */
export function relationText({ relation, commits }: Pick<OfferedRef, 'relation' | 'commits'>): string {
  switch (relation) {
    case 'ahead':
      return commits === null ? 'ahead' : `${commits} ${commits === 1 ? 'commit' : 'commits'}`;
    case 'missing':
      return commits === null ? 'new' : `new, ${commits} ${commits === 1 ? 'commit' : 'commits'}`;
    case 'diverged':
      return 'diverged';
    case 'behind':
      return 'behind';
    case 'same':
      return 'same';
    case null:
      return '';
  }
}
