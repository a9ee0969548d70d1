import { type Command, Option } from 'commander';
import { collect, parseWhole } from '../parse-option';

/** What an edge can be told, by `edge add` and `edge set` alike. */
export function addEdgeOptions(command: Command): Command {
  const level = (flag: string, what: string) =>
    new Option(`${flag} <level>`, what).choices(['off', 'advisory', 'required']);
  return command
    .addOption(new Option('--mode <mode>', 'same commit, or a new one').choices(['identity', 'recommit']))
    .option('--rename <from=to>', 'what a ref is called in the target; may be given several times', collect)
    .option('--approvals <rule>', 'N reviewers, or GROUP=N; may be given for several groups', collect)
    .option('--approvals-expire <hours>', 'how long an approval counts (default: 72)', parseWhole(1, 720))
    .option('--shared-approvals', 'one approval counts for every group its giver is in')
    .option('--no-shared-approvals', 'each approval counts once (default)')
    .option('--soak <hours>', 'how long a commit has to have been in the source stage', parseWhole(0, 720))
    .addOption(level('--version-check', 'a later version than what it replaces (default: off)'))
    .addOption(level('--fast-forward', 'what it replaces is among its ancestors (default: advisory)'))
    .addOption(level('--source-fsck', 'every object is hashed in the source stage (default: off)'))
    .option('--check <name>', 'an external check that has to pass; may be given several times', collect)
    .option('--advisory-check <name>', 'one that is only shown; may be given several times', collect)
    .option('--no-checks', 'expect no external check')
    .option('--emergency-group <group>', 'its release managers may publish without approval')
    .option('--no-emergency-group', 'nobody may (default)')
    .option('--emergency-review <hours>', 'until when that is reviewed (default: 24)', parseWhole(1, 168))
    .option(
      '--automatic <glob>',
      'refs whose heads it promotes by itself; may be given several times',
      collect,
    )
    .option('--no-automatic', 'none (default)')
    .addOption(
      new Option('--automatic-approval <how>', 'who approves those (default: as-usual)').choices([
        'as-usual',
        'none',
      ]),
    )
    .option('--verify-objects', 'hash objects while pulling (default)')
    .option('--no-verify-objects', 'do not')
    .option('--require-source-head', 'refuse a commit that the source ref has moved on from')
    .option('--no-require-source-head', 'take it all the same (default)');
}
