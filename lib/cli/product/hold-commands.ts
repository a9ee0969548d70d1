import { type Command, Option } from 'commander';
import { parseWhole } from '../parse-option';
import { addHomeOption } from './add-home-option';

/** `treeline hold`: refs that stay where they are until somebody lifts the hold. */
export function addHoldCommands(program: Command): void {
  const hold = program.command('hold').description('refs that stay where they are');
  addHomeOption(hold.command('add').description('hold a ref of a stage: what would move it waits'))
    .argument('<stage>')
    .argument('<ref>')
    .requiredOption('--reason <text>', 'why; everybody reads it')
    .addOption(
      new Option('--scope <scope>', 'what it is held against: every promotion, or automatic ones alone')
        .choices(['every', 'automatic'])
        .default('every'),
    )
    .option('--json', 'print one JSON document')
    .action(async (stage, ref, options) => (await import('./hold')).holdAdd(stage, ref, options));
  addHomeOption(hold.command('list').description('list the holds that stand'))
    .option('--stage <name>', 'of one stage alone')
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./hold')).holdList(options));
  addHomeOption(hold.command('lift').description('lift the holds on a ref: what waits for them begins'))
    .argument('<stage>')
    .argument('<ref>')
    .requiredOption('--reason <text>', 'why; it stands in the history')
    .option('--promotion <number>', 'the hold that this promotion set, and no other', parseWhole(1))
    .option('--json', 'print one JSON document')
    .action(async (stage, ref, options) => (await import('./hold')).holdLift(stage, ref, options));
}
