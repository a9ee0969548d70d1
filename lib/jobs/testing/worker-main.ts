import { systemClock } from '../../clock';
import { openDatabase } from '../../db/client';
import { connectSigner } from '../../signer/client';
import { runWorker } from '../run-worker';
import { mortalFs } from './mortal-fs';

/** A worker as a process of its own, for tests that kill it. Bundled by the test; everything comes by environment. */
async function main(): Promise<void> {
  const {
    TEST_DATABASE_URL = '',
    TEST_SIGNER = '',
    TEST_REPO_URL,
    TEST_WORKER = 'worker',
    TEST_FS_FAULT,
    TEST_SIGNER_TIMEOUT = '10000',
  } = process.env;
  const controller = new AbortController();
  process.once('SIGTERM', () => controller.abort());
  const db = openDatabase({ url: TEST_DATABASE_URL });
  const say = (level: string) => (fields: object, message: string) => {
    const { error, ...rest } = fields as { error?: unknown };
    const text = error instanceof Error ? `${error.message}` : undefined;
    process.stderr.write(`${JSON.stringify({ level, message, error: text, ...rest })}\n`);
  };
  await runWorker(
    {
      db,
      clock: systemClock,
      signer: connectSigner(TEST_SIGNER, { timeoutMilliseconds: Number(TEST_SIGNER_TIMEOUT) }),
      repoUrl: TEST_REPO_URL ?? null,
      log: { info: say('info'), warn: say('warn'), error: say('error') },
      workerName: TEST_WORKER,
      pollMilliseconds: 50,
      ...(TEST_FS_FAULT !== undefined && { fs: mortalFs(TEST_FS_FAULT) }),
    },
    controller.signal,
  );
  await db.$disconnect();
}

await main();
