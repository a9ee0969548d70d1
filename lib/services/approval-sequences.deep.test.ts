import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApprovalGame, type Move, makeApprovalGame, moves } from './testing/approval-game';

let game: ApprovalGame;
beforeAll(async () => {
  game = await makeApprovalGame();
});
afterAll(() => game.close());

test('no sequence of six calls by fewer people than the policy names gets anything approved', async () => {
  let approved = 0;
  const sequence = fc.array(fc.constantFrom(...moves), { minLength: 2, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sequence, async (played: Move[]) => {
      const outcome = await game.play(played);
      if (outcome.isApproved) approved += 1;
      expect(outcome.whyWrong, played.join(', ')).toBeNull();
    }),
    { numRuns: 300, verbose: true },
  );
  // A game in which nobody ever wins shows nothing.
  expect(approved).toBeGreaterThan(0);
}, 1_200_000);
