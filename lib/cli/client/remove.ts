import type { ClientOptions } from './api';
import { askForPromotion } from './ask-for-promotion';
import { edgeOf, readFormer } from './edge-of-refs';

export interface RemoveOptions extends ClientOptions {
  reason: string;
  edge?: string;
  notBefore?: string;
}

/** `treeline remove`: asks for refs to be taken out of a stage, at what they are now, over the API. */
export async function remove(stage: string, refs: readonly string[], options: RemoveOptions): Promise<void> {
  const former = await readFormer(stage, refs, options);
  const wanted = {
    kind: 'remove' as const,
    edge: edgeOf(former, options.edge),
    refs: former.map(({ ref, head }) => ({ ref, checksum: head.checksum })),
    notBefore: options.notBefore,
  };
  await askForPromotion(options, wanted, { reason: options.reason });
}
