import type { CheckDto } from '../contracts/promotion';
import { utcMinute } from '../contracts/utc-minute';

/** One ref of a plan and since when its commit is known to be in the source stage; null where it was never seen there. */
export interface SoakingRef {
  sourceRef: string;
  targetRef: string;
  since: Date | null;
}

/** When a commit that has been there since `since` has soaked for `hours`. */
export function soakedAt(since: Date, hours: number): Date {
  return new Date(since.getTime() + hours * 3_600_000);
}

/** What an edge with a soak time says of each ref at `at`; nothing where it has none. What is not over stops no request. */
export function checkSoak(
  refs: readonly SoakingRef[],
  { hours, from, at }: { hours: number; from: string; at: Date },
): CheckDto[] {
  if (hours === 0) return [];
  return refs.map(({ targetRef, since }) => {
    const check = { code: 'soak', title: `It has soaked in ${from}`, ref: targetRef };
    if (since === null) {
      const detail = `not seen there before: its ${hours} h begin when it is asked for`;
      return { ...check, result: 'wait', detail };
    }
    const ready = soakedAt(since, hours);
    const there = hoursText(at.getTime() - since.getTime());
    if (ready <= at) return { ...check, result: 'pass', detail: `soaked ${there} of ${hours} h` };
    const detail = `soaked ${there} of ${hours} h, ready at ${utcMinute(ready)}; the run waits until then`;
    return { ...check, result: 'wait', detail };
  });
}

/** "45 min", "3 h": how long, rounded down. */
function hoursText(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
}
