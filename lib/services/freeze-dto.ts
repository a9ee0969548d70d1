import type {
  ComingFreezeDto,
  FreezeDto,
  FreezeOverrideDto,
  FreezeStateDto,
  FreezeTimeDto,
} from '../contracts/freeze';
import {
  type FreezeOverrideRow,
  type FreezeWindowWithStage,
  freezeTimesOf,
  overriddenWindows,
} from '../db/freeze';
import { type Freeze, type FrozenBy, namesOf } from '../promotion/freeze/find-freeze';
import {
  type FreezeTimes,
  nextOccurrences,
  type Occurrence,
  occurrencesOf,
} from '../promotion/freeze/freeze-window';

/** A window as pages and clients see it at `now`. */
export function freezeDto(row: FreezeWindowWithStage, now: Date): FreezeDto {
  const times = freezeTimesOf(row);
  const at = now.getTime();
  const [holding] = occurrencesOf(times, at, at + 1);
  const [next] = nextOccurrences(times, at + 1, 1);
  return {
    id: row.id,
    name: row.name,
    reason: row.reason,
    stage: row.stage?.name ?? null,
    ...times,
    createdBy: row.createdBy,
    createdAt: row.createdAt.toISOString(),
    now: holding === undefined ? null : freezeTimeDto(holding),
    next: next === undefined ? null : freezeTimeDto(next),
  };
}

export function freezeTimeDto({ from, to }: Occurrence): FreezeTimeDto {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

/** What stops now, as pages show it. */
export function freezeStateDto(freeze: Freeze): FreezeStateDto {
  const { by, until } = freeze;
  return {
    names: namesOf(freeze),
    windows: by.map(({ window, to }) => ({
      name: window.name,
      reason: window.reason,
      until: new Date(to).toISOString(),
    })),
    until: until === null ? null : new Date(until).toISOString(),
  };
}

/** What stops next, as pages show it. */
export function comingFreezeDto({ window: { name, reason }, ...time }: FrozenBy): ComingFreezeDto {
  return { name, reason, ...freezeTimeDto(time) };
}

export function freezeOverrideDto(row: FreezeOverrideRow): FreezeOverrideDto {
  return {
    by: row.createdBy,
    reason: row.reason,
    at: row.createdAt.toISOString(),
    windows: overriddenWindows(row).map((each) => each.name),
    withdrawnAt: row.withdrawnAt?.toISOString() ?? null,
    withdrawn: row.withdrawnBy === null ? null : { by: row.withdrawnBy, reason: row.withdrawReason ?? '' },
  };
}

/** "2026-12-24T18:00 to 2027-01-02T08:00 Europe/Berlin, FREQ=YEARLY": for the history. */
export function whenText({ start, end, timeZone, rule }: FreezeTimes): string {
  return `${start} to ${end} ${timeZone}${rule === null ? '' : `, ${rule}`}`;
}
