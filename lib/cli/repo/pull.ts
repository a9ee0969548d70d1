import type { Command } from 'commander';
import { AppError, isAppError } from '../../errors';
import { pullRevs } from '../../ostree';
import { looksLikeUrl, parseRemoteUrl } from '../../ostree/pull/http/remote-url';
import { parseWhole } from '../parse-option';
import { addPublicKeyOptions, loadPublicKeys, type PublicKeyOptions } from './key-options';
import { printPull } from './pull-view';
import { addRepoOption, STRICT_CAS, signalOfProcess, withRepo } from './repo-option';

interface PullOptions extends PublicKeyOptions {
  repo: string;
  depth: number;
  /** commander: false where --no-verify-objects is given. */
  verifyObjects: boolean;
  /** commander: false where --no-static-deltas is given. */
  staticDeltas: boolean;
  remote?: string;
  full?: true;
  strictCas?: true;
  json?: true;
  /** commander: false where --no-verify-summary is given. */
  verifySummary: boolean;
  maxObjectSize?: number;
  connections?: number;
  networkRetries?: number;
}

const HELP = `
From a URL every object is verified as it comes, and the refs are read from the summary where there is one. With keys
given, the summary and each commit must be signed by them, ahead of anything else being fetched. A pull that was
killed goes on where it was. Of another collection a ref is named COLLECTION-ID:REF.`;

/** `repo pull`: brings commits from another repository, by hard link or over HTTP, and moves refs to them. */
export function addPullCommand(parent: Command): void {
  const command = parent
    .command('pull')
    .description(
      'bring commits from another repository: by hard link, written anew where its mode is another, or over HTTP',
    )
    .addHelpText('after', HELP);
  addRepoOption(command, 'the repository that is to have them')
    .argument('<source>', 'the repository that has them: its folder, or the http(s) URL of an archive')
    .argument('<refs...>', 'refs, which move in the target too, or checksums of commits')
    .option('--depth <n>', 'bring so many commits before each; -1 brings all', parseWhole(-1), 0)
    .option('--no-verify-objects', 'do not hash what is brought (folders only)')
    .option('--remote <name>', 'move the refs of this remote, NAME:REF, instead (folders only)')
    .option('--no-static-deltas', 'leave static deltas behind (folders only)')
    .option('--full', 'look at everything, whatever the target has')
    .option('--strict-cas', STRICT_CAS)
    .option(
      '--max-object-size <bytes>',
      'refuse files with more content than this (URLs; 16 GiB)',
      parseWhole(0, 1e15),
    )
    .option('--connections <n>', 'how many objects are fetched at once (URLs; 12)', parseWhole(1, 64))
    .option('--network-retries <n>', 'how often a request is tried again (URLs; 5)', parseWhole(0, 1000))
    .option('--no-verify-summary', 'let an unsigned summary name signed commits (URLs, with keys)')
    .option('--json', 'print one JSON document')
    .action((source: string, names: string[], options: PullOptions) =>
      looksLikeUrl(source) ? pullFromUrl(source, names, options) : pullFromFolder(source, names, options),
    );
  addPublicKeyOptions(command);
}

function pullFromFolder(source: string, names: readonly string[], options: PullOptions): Promise<void> {
  const misplaced = urlOptionGiven(options);
  if (misplaced !== null)
    throw new AppError('usage', `${misplaced} goes with a URL, and the source is a folder`);
  return withRepo(source, (sourceRepo) =>
    withRepo(options.repo, async (target) => {
      const result = await pullRevs(sourceRepo, target, [...new Set(names)], {
        depth: options.depth,
        verifyObjects: options.verifyObjects,
        carryDeltas: options.staticDeltas,
        remote: options.remote,
        isFull: options.full === true,
        strictCas: options.strictCas === true,
        signal: signalOfProcess(),
      });
      printPull(result, options.json === true);
    }),
  );
}

function urlOptionGiven(options: PullOptions): string | null {
  if (options.maxObjectSize !== undefined) return '--max-object-size';
  if (options.connections !== undefined) return '--connections';
  if (options.networkRetries !== undefined) return '--network-retries';
  if (!options.verifySummary) return '--no-verify-summary';
  if (options.ed25519PublicKeyFile !== undefined) return '--ed25519-public-key-file';
  return options.gpgKeyring === undefined ? null : '--gpg-keyring';
}

async function pullFromUrl(source: string, names: readonly string[], options: PullOptions): Promise<void> {
  if (!options.verifyObjects)
    throw new AppError(
      'usage',
      '--no-verify-objects is for folders: what a network brings is always verified',
    );
  if (options.remote !== undefined)
    throw new AppError('usage', '--remote goes with a folder, and the source is a URL');
  const base = parseUrl(source);
  const keys = loadPublicKeys(options);
  // Commands that need no network start without loading it.
  const { pullOverHttp } = await import('../../ostree/pull/http/pull-over-http');
  await withRepo(options.repo, async (target) => {
    const result = await pullOverHttp(base, target, [...new Set(names)], {
      depth: options.depth,
      isFull: options.full === true,
      strictCas: options.strictCas === true,
      maxObjectSizeBytes: options.maxObjectSize,
      connections: options.connections,
      networkRetries: options.networkRetries,
      verifySummary: options.verifySummary,
      keys,
      signal: signalOfProcess(),
    });
    printPull(result, options.json === true);
  });
}

function parseUrl(source: string): URL {
  try {
    return parseRemoteUrl(source);
  } catch (error) {
    if (!isAppError(error, 'ostree/url-invalid')) throw error;
    throw new AppError('usage', error.message, { cause: error });
  }
}
