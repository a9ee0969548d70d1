import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApprovalGame, type Move, makeApprovalGame, moves } from './testing/approval-game';

let game: ApprovalGame;
beforeAll(async () => {
  game = await makeApprovalGame();
});
afterAll(() => game.close());

test('no sequence of six calls by fewer people than the policy names gets anything approved', async () => {
  const sequence = fc.array(fc.constantFrom(...moves), { minLength: 3, maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(sequence, async (played: Move[]) => {
      const outcome = await game.play(played);
      expect(outcome.whyWrong, played.join(', ')).toBeNull();
    }),
    { numRuns: 12, verbose: true },
  );
}, 240_000);
