import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from './turns';

function turnsAt(places: readonly string[], heldMillisecondsMax = 60_000): Turns<string> {
  const turns = new Turns<string>(heldMillisecondsMax);
  for (const place of places) turns.open(place);
  return turns;
}

test('one after the other has a turn, in the order of asking', async () => {
  const turns = turnsAt(['a']);
  const said: string[] = [];
  const work = async (name: string) => {
    const turn = await turns.take();
    said.push(`${name} begins`);
    await pause(1);
    said.push(`${name} ends`);
    turn.end();
  };
  await Promise.all(['1', '2', '3'].map(work));
  expect(said).toEqual(['1 begins', '1 ends', '2 begins', '2 ends', '3 begins', '3 ends']);
  // Nobody holds it now.
  await work('4');
  expect(said.at(-1)).toBe('4 ends');
});

test('whoever asks when a turn ends comes after those who wait already', async () => {
  const turns = turnsAt(['a']);
  const first = await turns.take();
  const second = turns.take();
  first.end();
  const third = turns.take();
  const isSecond = await Promise.race([second.then(() => true), third.then(() => false)]);
  expect(isSecond).toBe(true);
  (await second).end();
  (await third).end();
});

test('a turn that is ended twice does not end that of the next', async () => {
  const turns = turnsAt(['a']);
  const first = await turns.take();
  const second = turns.take();
  const third = turns.take();
  first.end();
  first.end();
  const held = await second;
  expect(await Promise.race([third.then(() => 'third'), pause(20, 'nobody')])).toBe('nobody');
  held.end();
  (await third).end();
});

test('a turn that is held too long is over, so that nobody waits for ever', async () => {
  const turns = turnsAt(['a'], 20);
  const first = await turns.take();
  const second = await turns.take();
  const third = turns.take();
  // It was over before: the second one's goes on.
  first.end();
  second.end();
  (await third).end();
});

test('nobody waits for one place while another is free', async () => {
  const turns = turnsAt(['a', 'b']);
  const [first, second] = [await turns.take(), await turns.take()];
  expect([first.place, second.place]).toEqual(['a', 'b']);
  const third = turns.take();
  const fourth = turns.take();
  second.end();
  expect((await third).place).toBe('b');
  first.end();
  expect((await fourth).place).toBe('a');
});

test('one whose turn is over but who is still there is avoided where there is another', async () => {
  const turns = turnsAt(['a', 'b'], 10);
  const long = await turns.take();
  await pause(20);
  expect(long.place).toBe('a');
  const next = await turns.take();
  expect(next.place).toBe('b');
  next.end();
  long.end();
});

test('whoever joins keeps nobody from a turn, and goes where least goes on', async () => {
  const turns = turnsAt(['a', 'b']);
  const held = await turns.take();
  const joined = [turns.join(), turns.join()];
  expect(joined.map((turn) => turn?.place)).toEqual(['b', 'b']);
  held.end();
  expect(turns.join()?.place).toBe('a');
  const [one, two] = [await turns.take(), await turns.take()];
  expect([one.place, two.place]).toEqual(['a', 'b']);
});

test('a place may come and go', async () => {
  const turns = turnsAt([]);
  expect(turns.isOpen).toBe(false);
  expect(turns.join()).toBeNull();
  const first = turns.take();
  turns.open('a');
  expect(turns.isOpen).toBe(true);
  expect((await first).place).toBe('a');
  const second = turns.take();
  turns.close('a');
  (await first).end();
  expect(await Promise.race([second, pause(20, 'nobody')])).toBe('nobody');
  turns.open('a');
  expect((await second).place).toBe('a');
  // The turn of before says nothing of the place that was opened again.
  (await first).end();
  expect(await Promise.race([turns.take(), pause(20, 'nobody')])).toBe('nobody');
});
