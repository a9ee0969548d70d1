import type { FreezeDto, FreezeTimesInput } from '@/lib/contracts/freeze';

/** How a window recurs, as it is chosen: once, by a common rule, or by one that is typed. */
export const REPEATS = [
  { value: 'once', label: 'Once' },
  { value: 'FREQ=DAILY', label: 'Every day' },
  { value: 'FREQ=WEEKLY', label: 'Every week' },
  { value: 'FREQ=MONTHLY', label: 'Every month' },
  { value: 'FREQ=YEARLY', label: 'Every year' },
  { value: 'rule', label: 'By a rule' },
] as const;
export type Repeat = (typeof REPEATS)[number]['value'];

/** A freeze window as it is typed. */
export interface FreezeDraft {
  name: string;
  reason: string;
  /** Empty: all stages. */
  stage: string;
  start: string;
  end: string;
  timeZone: string;
  repeat: Repeat;
  rule: string;
}

/** The window as it is to be changed; a new one, in the reader's zone, where there is none. */
export function draftOf(freeze: FreezeDto | null, timeZone: string): FreezeDraft {
  const rule = freeze?.rule ?? null;
  const known = REPEATS.find(({ value }) => value === rule);
  return {
    name: freeze?.name ?? '',
    reason: freeze?.reason ?? '',
    stage: freeze?.stage ?? '',
    start: freeze?.start ?? '',
    end: freeze?.end ?? '',
    timeZone: freeze?.timeZone ?? timeZone,
    repeat: rule === null ? 'once' : (known?.value ?? 'rule'),
    rule: known === undefined ? (rule ?? '') : '',
  };
}

/** The times of the draft as the API takes them. */
export function timesOf({ start, end, timeZone, repeat, rule }: FreezeDraft): FreezeTimesInput {
  return {
    start,
    end,
    timeZone: timeZone.trim(),
    rule: repeat === 'once' ? null : repeat === 'rule' ? rule.trim() : repeat,
  };
}

/** "every week", "once", or the rule itself. */
export function repeatText(rule: string | null): string {
  if (rule === null) return 'once';
  return REPEATS.find(({ value }) => value === rule)?.label.toLowerCase() ?? rule;
}

/** "2026-12-24 18:00", of a wall time. */
export function wallText(wall: string): string {
  return wall.replace('T', ' ');
}
