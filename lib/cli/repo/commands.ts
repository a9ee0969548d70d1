import type { Command } from 'commander';
import { addCatCommand } from './cat';
import { addCommitCommand } from './commit';
import { addDiffCommand } from './diff';
import { addFsckCommand } from './fsck';
import { addInitCommand } from './init';
import { addLogCommand } from './log';
import { addLsCommand } from './ls';
import { addPruneCommand } from './prune';
import { addPullCommand } from './pull';
import { addRecommitCommand } from './recommit';
import { addRefsCommand } from './refs';
import { addShowCommand } from './show';
import { addSignCommand } from './sign';
import { addSummaryCommand } from './summary';
import { addVerifyCommand } from './verify';

/** All of the plumbing, for whoever asks what there is. The build makes one file of each command besides (`scripts/build.mjs`). */
export function addRepoCommands(repo: Command): void {
  for (const add of [
    addInitCommand,
    addRefsCommand,
    addLogCommand,
    addShowCommand,
    addLsCommand,
    addCatCommand,
    addDiffCommand,
    addCommitCommand,
    addPullCommand,
    addRecommitCommand,
    addSummaryCommand,
    addSignCommand,
    addVerifyCommand,
    addFsckCommand,
    addPruneCommand,
  ]) {
    add(repo);
  }
}
