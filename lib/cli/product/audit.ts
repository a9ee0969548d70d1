import { closeSync, openSync, writeFileSync } from 'node:fs';
import { AppError, errnoOf } from '../../errors';
import { exportAudit } from '../../services/export-audit';
import { verifyAuditChain } from '../../services/verify-audit-chain';
import { printJson, printLines } from '../output';
import { writeAll } from '../write-all';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

/**
 * `treeline audit verify`: exit code 1 names the first event that breaks the chain, or says that events were cut off since
 * a head was noted.
 */
export async function auditVerify(options: HomeOptions & { head?: string; json?: true }): Promise<void> {
  const { head = null } = options;
  if (head !== null && !/^[0-9a-f]{64}$/.test(head)) {
    throw new AppError('usage', '--head: is not a hash of 64 hex digits, as audit verify prints it');
  }
  const chain = await withServices(openChosenHome(options), (ctx, actor) =>
    verifyAuditChain(ctx, actor, head),
  );
  if (options.json) printJson(chain);
  if (!chain.isIntact) {
    throw new AppError(
      'conflict',
      `the audit chain is broken at event ${chain.badSeq}; compare with a backup`,
    );
  }
  if (chain.hasNotedHead === false) {
    throw new AppError(
      'conflict',
      `no event has the hash ${head}: the chain of ${chain.events} events was cut off before it, or is another; compare with a backup`,
    );
  }
  if (!options.json)
    printLines([`${chain.events} events, the chain is intact; its head is ${chain.headHash ?? '(none)'}`]);
}

/** `treeline audit export`: the whole log to stdout, or into a file that was not there. */
export async function auditExport(
  options: HomeOptions & { format: 'jsonl' | 'csv'; output?: string },
): Promise<void> {
  const { format, output } = options;
  // Before it is recorded as taken away.
  const file = output === undefined ? null : openNew(output);
  const text = await withServices(openChosenHome(options), (ctx, actor) =>
    exportAudit(ctx, actor, { format }),
  );
  if (file === null) {
    writeAll(1, Buffer.from(text));
    return;
  }
  writeFileSync(file, text);
  closeSync(file);
}

function openNew(path: string): number {
  try {
    return openSync(path, 'wx', 0o600);
  } catch (cause) {
    throw new AppError('conflict', `cannot write ${path}: ${errnoOf(cause) ?? 'unknown error'}`, { cause });
  }
}
