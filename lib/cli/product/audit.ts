import { AppError } from '../../errors';
import { verifyAuditChain } from '../../services/verify-audit-chain';
import { printJson, printLines } from '../output';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';

/** `treeline audit verify`: exit code 1 names the first event that breaks the chain. */
export async function auditVerify(options: HomeOptions & { json?: true }): Promise<void> {
  const chain = await withServices(openChosenHome(options), (ctx, actor) => verifyAuditChain(ctx, actor));
  if (options.json) printJson(chain);
  if (!chain.isIntact) {
    throw new AppError(
      'conflict',
      `the audit chain is broken at event ${chain.badSeq}; compare with a backup`,
    );
  }
  if (!options.json)
    printLines([`${chain.events} events, the chain is intact; its head is ${chain.headHash ?? '(none)'}`]);
}
