import type { Isolation } from '../ostree/pull/can-link';

/** Whether the text of an edge names a way for objects to come. */
export function isIsolation(text: string): text is Isolation {
  return text === 'hardlink' || text === 'reflink' || text === 'copy';
}
