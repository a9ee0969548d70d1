import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take longest, longest first: begun last, one of them would keep a core waiting at the end. */
const LONG = [
  'jobs/kill-matrix',
  'differential/differential',
  'pull/mutations',
  'ostree/fuzz',
  'jobs/crash',
  'jobs/failing-disk',
  'jobs/rollback-crash',
  'product/product-commands',
  'signer/run-signer',
  'jobs/stale-run',
  'demo/make-demo',
  'jobs/forward-run',
  'pull/damaged-source',
  'jobs/run-worker',
  'jobs/failed-run',
  'faults/',
];

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification) => {
      const found = LONG.findIndex((part) => moduleId.includes(part));
      return found < 0 ? LONG.length : found;
    };
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
