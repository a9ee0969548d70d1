import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import { type FreezePreviewDto, type FreezeTimesInput, freezeTimesSchema } from '../contracts/freeze';
import { nextOccurrences, occurrencesOf } from '../promotion/freeze/freeze-window';
import { freezeTimeDto } from './freeze-dto';
import { requireTimes } from './freeze-input';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

const NEXT_MAX = 5;

/**
 * When a window would hold: now, and the next times. Nothing is stored.
 * @throws AppError `input-invalid` for the field that is wrong
 */
export async function previewFreeze(
  ctx: ServiceContext,
  actor: Actor,
  input: FreezeTimesInput,
): Promise<FreezePreviewDto> {
  authorise(actor, 'settings.write');
  const now = ctx.clock.now();
  const times = requireTimes(parseInput(freezeTimesSchema, input), now);
  const at = now.getTime();
  const next = [...occurrencesOf(times, at, at + 1), ...nextOccurrences(times, at + 1, NEXT_MAX)];
  return { next: next.slice(0, NEXT_MAX).map(freezeTimeDto) };
}
