import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Actor } from '../../auth/actor';
import type { StageKeyDto } from '../../contracts/stage';
import { AppError } from '../../errors';
import { addStageKey } from '../../services/add-stage-key';
import { importStageKey } from '../../services/import-stage-key';
import { listStages } from '../../services/list-stages';
import { readStageKeyFile } from '../../services/read-stage-key-file';
import type { ServiceContext } from '../../services/service-context';
import { printJson, printLines } from '../output';
import { writeAll } from '../write-all';
import { type HomeOptions, openChosenHome } from './home-option';
import { withServices } from './open-services';
import { withSigner } from './with-signer';

export type KeyType = 'ed25519' | 'gpg';

/** `treeline key generate`: the signer makes a key pair and keeps the secret half. */
export async function keyGenerate(
  stage: string,
  options: HomeOptions & { type: KeyType; json?: true },
): Promise<void> {
  const key = await withServices(openChosenHome(options), (ctx, actor) =>
    addKeyOf(ctx, actor, stage, options.type),
  );
  report('Made', key, options.json);
}

/** `treeline key import`: the signer takes over a secret key from a file, which stays where it is. */
export async function keyImport(
  stage: string,
  file: string,
  options: HomeOptions & { type: KeyType; json?: true },
): Promise<void> {
  const key = await withServices(openChosenHome(options), (ctx, actor) =>
    withSigner(ctx.home, () =>
      importStageKey(ctx, actor, { stage, type: options.type, path: resolve(file) }),
    ),
  );
  report('Imported', key, options.json);
}

/** `treeline key export`: the public half, as `ostree` reads it. */
export async function keyExport(
  stage: string,
  options: HomeOptions & { type?: KeyType; key?: string; output?: string },
): Promise<void> {
  const { bytes } = await withServices(openChosenHome(options), async (ctx, actor) => {
    const found = (await listStages(ctx, actor)).find(({ name }) => name === stage);
    if (!found) throw new AppError('not-found', `there is no stage ${stage}; treeline stage list names them`);
    const keys = found.keys.filter(
      (key) =>
        key.retiredAt === null &&
        (options.type === undefined || key.type === options.type) &&
        (options.key === undefined || key.keyId === options.key),
    );
    const [key, another] = keys;
    if (!key)
      throw new AppError('not-found', `the stage ${stage} has no such key; treeline stage list names them`);
    if (another)
      throw new AppError(
        'usage',
        `the stage ${stage} has ${keys.length} such keys; choose one with --type or --key`,
      );
    return readStageKeyFile(ctx, actor, { stage, keyId: key.keyId });
  });
  if (options.output === undefined) writeAll(1, bytes);
  else writeFileSync(options.output, bytes);
}

/** A key for a stage: `ed25519` or `gpg` makes one, anything else is the file of a secret ed25519 key. */
export function addKeyOf(
  ctx: ServiceContext,
  actor: Actor,
  stage: string,
  what: string,
): Promise<StageKeyDto> {
  return withSigner(ctx.home, () =>
    what === 'ed25519' || what === 'gpg'
      ? addStageKey(ctx, actor, { stage, action: 'generate', type: what })
      : importStageKey(ctx, actor, { stage, type: 'ed25519', path: resolve(what) }),
  );
}

function report(verb: string, key: StageKeyDto, asJson: true | undefined): void {
  if (asJson) printJson(key);
  else printLines([`${verb} the ${key.type} key ${key.keyId}.`]);
}
