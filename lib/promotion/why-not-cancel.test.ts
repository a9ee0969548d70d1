import { expect, test } from 'vitest';
import { promotionStateSchema } from '../contracts/promotion';
import { type CancelSubject, whyNotCancel } from './why-not-cancel';

const running: CancelSubject = {
  state: 'running',
  requesterId: 'asker',
  isCommitted: false,
  askedBy: null,
};
const person = { id: 'somebody', isPerson: true, stageRole: null, mayCancel: true };
const program = { id: 'asker', isPerson: false, stageRole: null, mayCancel: true };

test('whoever has the right stops any run whose refs have not moved', () => {
  expect(whyNotCancel(running, person)).toBeNull();
  expect(whyNotCancel(running, { ...person, mayCancel: false })).toMatchObject({ code: 'forbidden' });
});

test('a program stops only what it asked for', () => {
  expect(whyNotCancel(running, program)).toBeNull();
  expect(whyNotCancel(running, { ...program, id: 'other' })).toMatchObject({ code: 'forbidden' });
});

test.each([
  [{ isCommitted: true }, /only goes forward/],
  [{ askedBy: 'Ada' }, /Ada has asked/],
  [{ isCommitted: true, askedBy: 'Ada' }, /only goes forward/],
  [{ state: 'requested' as const }, /withdraw it instead/],
  [{ state: 'approved' as const }, /withdraw it instead/],
])('refuses %j, and says why', (part, why) => {
  const refusal = whyNotCancel({ ...running, ...part }, person);
  expect(refusal?.code).toBe('state-changed');
  expect(refusal?.why).toMatch(why);
});

test('nothing but what is running can be cancelled', () => {
  const states = promotionStateSchema.options.filter(
    (state) => whyNotCancel({ ...running, state }, person) === null,
  );
  expect(states).toEqual(['running']);
});
