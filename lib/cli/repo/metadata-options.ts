import { type Command, InvalidArgumentError } from 'commander';
import { AppError } from '../../errors';
import { GVariantError, parseVariantText, type Variant } from '../../gvariant';
import { collectPairs } from '../parse-option';

export interface MetadataOptions {
  metadata?: ReadonlyMap<string, string>;
  addMetadata?: ReadonlyMap<string, Variant>;
}

/** The flags that give a commit metadata: strings, and values of any type. */
export function addMetadataOptions(command: Command): Command {
  return command
    .option('--metadata <key=value>', 'a string to keep with the commit, such as version=1.2', collectPairs)
    .option(
      '--add-metadata <key=value>',
      "a value in GVariant's text format, such as \"n=uint64 5\" or \"arch=['arm64', 'riscv64']\"",
      collectVariants,
    );
}

/**
 * All of it, strings first, as `ostree commit` has it.
 * @throws AppError `usage` where a key is given twice
 */
export function readMetadata({ metadata, addMetadata }: MetadataOptions): Map<string, string | Variant> {
  const all = new Map<string, string | Variant>(metadata ?? []);
  for (const [key, variant] of addMetadata ?? []) {
    if (all.has(key))
      throw new AppError('usage', `the key ${key} is given with --metadata and --add-metadata`);
    all.set(key, variant);
  }
  return all;
}

function collectVariants(
  text: string,
  previous: ReadonlyMap<string, Variant> = new Map(),
): ReadonlyMap<string, Variant> {
  const [[key, value] = ['', '']] = collectPairs(text);
  if (previous.has(key)) throw new InvalidArgumentError(`The key ${key} is given twice.`);
  try {
    return new Map(previous).set(key, parseVariantText(value));
  } catch (error) {
    if (!(error instanceof GVariantError)) throw error;
    throw new InvalidArgumentError(`The value of ${key} is no GVariant text: ${error.message}.`);
  }
}
