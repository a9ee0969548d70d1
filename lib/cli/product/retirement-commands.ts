import type { Command } from 'commander';
import { parseWhole } from '../parse-option';
import { addHomeOption } from './add-home-option';

/** `treeline retirement`: the commits of refs that were removed, on their way out. */
export function addRetirementCommands(program: Command): void {
  const retirement = program
    .command('retirement')
    .description('commits of refs that were removed, and when they are deleted');
  addHomeOption(retirement.command('list').description('list what is to be deleted, and the last that was'))
    .option('--stage <name>', 'of one stage alone')
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./retirement')).retirementList(options));
  addHomeOption(
    retirement.command('stop').description('keep the commits that a removal left; the refs stay removed'),
  )
    .argument('<number>', 'of the removal', parseWhole(1))
    .requiredOption('--reason <text>', 'why; it stands in the history')
    .option('--json', 'print one JSON document')
    .action(async (number, options) => (await import('./retirement')).retirementStop(number, options));
}
