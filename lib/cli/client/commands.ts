import { type Command, Option } from 'commander';
import { parseWhole } from '../parse-option';

/** Commands that ask a running Treeline over its API, with a token: for CI and labs, on any machine. */
export function addClientCommands(program: Command): void {
  addClientOptions(program.command('promote').description('ask for a promotion of the heads of refs'))
    .argument('<from>', 'a stage')
    .argument('<to>', 'another one')
    .argument('<refs...>', 'as the source stage calls them')
    .requiredOption('--reason <text>', 'reviewers and auditors read it')
    .option('--emergency', 'not possible with a token: a person does that on the page')
    .option('--not-before <time>', 'its run begins no earlier, such as 2026-11-27T18:00:00Z')
    .option(
      '--supersedes <number>',
      'an older request of this program that ends with this one',
      parseWhole(1),
    )
    .action(async (from, to, refs, options) => (await import('./promote')).promote(from, to, refs, options));
  addClientOptions(
    program.command('rollback').description('ask for refs of a stage to go back to what they were'),
  )
    .argument('<stage>')
    .argument('<refs...>', 'as the stage calls them')
    .requiredOption('--reason <text>', 'reviewers and auditors read it')
    .addOption(
      new Option(
        '--kind <kind>',
        'roll-forward: a later commit with the old tree; reset: the old commit itself',
      )
        .choices(['roll-forward', 'reset'])
        .default('roll-forward'),
    )
    .option(
      '--to <commit>',
      'its version, or the beginning of its checksum (default: the one before the head)',
    )
    .option('--edge <from>', 'under the rules of the edge from this stage, where several bring the refs')
    .option('--not-before <time>', 'its run begins no earlier, such as 2026-11-27T18:00:00Z')
    .action(async (stage, refs, options) => (await import('./rollback')).rollback(stage, refs, options));
  addClientOptions(
    program
      .command('remove')
      .description('ask for refs to be removed from a stage, and say whom that strands'),
  )
    .argument('<stage>')
    .argument('<refs...>', 'as the stage calls them')
    .requiredOption('--reason <text>', 'reviewers and auditors read it')
    .option('--edge <from>', 'under the rules of the edge from this stage, where several bring the refs')
    .option('--not-before <time>', 'its run begins no earlier, such as 2026-11-27T18:00:00Z')
    .action(async (stage, refs, options) => (await import('./remove')).remove(stage, refs, options));
  addClientOptions(program.command('cancel').description('stop the run of a promotion before its refs move'))
    .argument('<number>', 'of the promotion', parseWhole(1))
    .option('--reason <text>', 'why; it stands in the history')
    .action(async (number, options) => (await import('./cancel')).cancel(number, options));
  addClientOptions(
    program.command('withdraw').description('take back a request before a worker has begun it'),
  )
    .argument('<number>', 'of the promotion', parseWhole(1))
    .action(async (number, options) => (await import('./withdraw')).withdraw(number, options));
  const check = program.command('check').description('external checks of promotions');
  addClientOptions(check.command('report').description('say how a check of a promotion went'))
    .argument('<number>', 'of the promotion', parseWhole(1))
    .argument('<name>', 'of the check, as its edge expects it')
    .addOption(
      new Option('--state <state>', 'how it stands')
        .choices(['pending', 'passed', 'failed'])
        .makeOptionMandatory(),
    )
    .option('--plan <checksum>', 'the plan that was checked (default: the present one)')
    .option('--link <url>', 'a page about it')
    .option('--summary <text>', 'one line about it')
    .action(async (number, name, options) => (await import('./check')).checkReport(number, name, options));
}

function addClientOptions(command: Command): Command {
  return command
    .option('--url <url>', 'where Treeline is (default: TREELINE_URL, else http://127.0.0.1:3000)')
    .option('--token-file <file>', 'holds the token (default: TREELINE_TOKEN)')
    .option('--json', 'print one JSON document');
}
