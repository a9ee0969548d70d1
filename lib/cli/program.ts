import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { findPackageRoot } from '../package-root';
import { addClientCommands } from './client/commands';
import { newProgram } from './new-program';
import { addProductCommands } from './product/commands';
import { addRepoCommands } from './repo/commands';
import { addRepoGroup } from './repo/repo-group';

/** The whole `treeline` command. */
export function buildProgram(): Command {
  const program = newProgram().version(readVersion(), '--version', 'print the version');
  addRepoCommands(addRepoGroup(program));
  addProductCommands(program);
  addClientCommands(program);
  return program;
}

function readVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(join(findPackageRoot(), 'package.json'), 'utf8'));
  const hasVersion = typeof manifest === 'object' && manifest !== null && 'version' in manifest;
  return hasVersion ? String(manifest.version) : 'unknown';
}
