import { AppError } from '../../errors';
import { connectSigner, type SignerClient } from '../../signer/client';
import { readPromotion, startLocalWorker } from './local-worker';
import type { Pipeline, Requested } from './pipeline';
import { until } from './worker-process';

/** The real signer, but for what `change` puts in its place. */
export function signerBut(
  { home }: Pipeline,
  change: (real: SignerClient) => Partial<SignerClient>,
): SignerClient {
  const real = connectSigner(home.signerSocket, { timeoutMilliseconds: 10_000 });
  return { ...real, ...change(real) };
}

export const gone = () => Promise.reject(new AppError('signer-unreachable', 'the signer is gone'));

export function waitFor(
  pipeline: Pipeline,
  requested: Requested,
  said: string[],
  isSo: (run: RunNow) => boolean,
): Promise<RunNow> {
  return until(
    () => said.join('\n'),
    async () => {
      const [run] = (await readPromotion(pipeline, requested)).runs;
      return run !== undefined && isSo(run) && run;
    },
  );
}
export type RunNow = Awaited<ReturnType<typeof readPromotion>>['runs'][number];

export const stateOf = (run: RunNow, step: string) => run.steps.find((each) => each.name === step)?.state;

/** Brings a run past its commit point, where it waits to have its summary signed. */
export async function leaveRetrying(pipeline: Pipeline, refs: readonly string[]): Promise<Requested> {
  const requested = await pipeline.approve(refs);
  const worker = startLocalWorker(pipeline, { signer: signerBut(pipeline, () => ({ signSummary: gone })) });
  await waitFor(
    pipeline,
    requested,
    worker.said,
    (run) => stateOf(run, 'summary') === 'retrying' && run.retryAt !== null,
  );
  await worker.stop();
  return requested;
}
