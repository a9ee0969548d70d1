import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { findPackageRoot } from '../package-root';
import { printLines } from './output';
import { addProductCommands } from './product/commands';
import { addRepoCommands } from './repo/commands';

/**
 * The whole `treeline` command. It throws commander's CommanderError on wrong usage and prints
 * nothing on stderr itself: `reportError` does.
 */
export function buildProgram(): Command {
  const program = new Command('treeline')
    .description('Release staging and promotion for OSTree repositories')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => printLines(text.replace(/\n$/, '').split('\n')),
      writeErr: () => undefined,
      outputError: () => undefined,
    })
    .version(readVersion(), '--version', 'print the version');
  addRepoCommands(program);
  addProductCommands(program);
  return program;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(findPackageRoot(), 'package.json'), 'utf8'));
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return hasVersion ? String(manifest.version) : 'unknown';
}
