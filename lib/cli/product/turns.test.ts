import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Turns } from './turns';

test('one after the other has a turn, in the order of asking', async () => {
  const turns = new Turns(60_000);
  const said: string[] = [];
  const work = async (name: string) => {
    const end = await turns.take();
    said.push(`${name} begins`);
    await pause(1);
    said.push(`${name} ends`);
    end();
  };
  await Promise.all(['a', 'b', 'c'].map(work));
  expect(said).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  // Nobody holds it now.
  await work('d');
  expect(said.at(-1)).toBe('d ends');
});

test('whoever asks when a turn ends comes after those who wait already', async () => {
  const turns = new Turns(60_000);
  const end = await turns.take();
  const second = turns.take();
  end();
  const third = turns.take();
  const isSecond = await Promise.race([second.then(() => true), third.then(() => false)]);
  expect(isSecond).toBe(true);
  (await second)();
  (await third)();
});

test('a turn that is ended twice does not end that of the next', async () => {
  const turns = new Turns(60_000);
  const end = await turns.take();
  const second = turns.take();
  const third = turns.take();
  end();
  end();
  const endSecond = await second;
  expect(await Promise.race([third.then(() => 'third'), pause(20, 'nobody')])).toBe('nobody');
  endSecond();
  (await third)();
});

test('a turn that is held too long is over, so that nobody waits for ever', async () => {
  const turns = new Turns(20);
  const endFirst = await turns.take();
  const endSecond = await turns.take();
  const third = turns.take();
  // It was over before: the second one's goes on.
  endFirst();
  endSecond();
  (await third)();
});
