import { expect, test } from 'vitest';
import type { FreezeDto } from '@/lib/contracts/freeze';
import { draftOf, repeatText, timesOf } from './freeze-draft';

const freeze = (rule: string | null): FreezeDto => ({
  id: 'f',
  name: 'Weekend',
  reason: 'nobody is there',
  stage: null,
  start: '2026-11-27T18:00',
  end: '2026-11-30T06:00',
  timeZone: 'Europe/Berlin',
  rule,
  createdBy: 'admin',
  createdAt: '2026-11-02T10:00:00.000Z',
  now: null,
  next: null,
});

test.each([null, 'FREQ=DAILY', 'FREQ=WEEKLY', 'FREQ=WEEKLY;INTERVAL=2', 'FREQ=MONTHLY;BYDAY=-1FR'])(
  'a window with the rule %s that is opened and saved is the same',
  (rule) => {
    const { start, end, timeZone } = freeze(rule);
    expect(timesOf(draftOf(freeze(rule), 'UTC'))).toEqual({ start, end, timeZone, rule });
  },
);

test('a new one is in the reader’s zone, once, for all stages', () => {
  expect(draftOf(null, 'Asia/Kathmandu')).toMatchObject({
    timeZone: 'Asia/Kathmandu',
    repeat: 'once',
    stage: '',
  });
});

test('a common rule is said in words, another as it is', () => {
  expect([null, 'FREQ=WEEKLY', 'FREQ=WEEKLY;INTERVAL=2'].map(repeatText)).toEqual([
    'once',
    'every week',
    'FREQ=WEEKLY;INTERVAL=2',
  ]);
});
