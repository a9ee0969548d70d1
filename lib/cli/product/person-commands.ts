import { type Command, Option } from 'commander';
import { roleSchema } from '../../contracts/scalars';
import { collect, collectPairs } from '../parse-option';
import { addHomeOption } from './add-home-option';

/** `treeline person …`. */
export function addPersonCommands(program: Command): void {
  const person = program.command('person').description('who can sign in');
  const roleOption = () => new Option('--role <role>', 'what they may do').choices(roleSchema.options);
  const stageRoleOption = () =>
    new Option(
      '--role-for <stage=role>',
      'another role for one stage, viewer, release-manager or reviewer; may be given several times',
    ).argParser(collectPairs);
  addHomeOption(person.command('add').description('make an account with a one-time password'))
    .argument('<name>')
    .addOption(roleOption().makeOptionMandatory())
    .addOption(stageRoleOption())
    .option('--display-name <name>', 'how pages call them (default: the name)')
    .option('--json', 'print one JSON document')
    .action(async (name, options) => (await import('./person')).personAdd(name, options));
  addHomeOption(person.command('set').description('change what somebody may do; they sign in again'))
    .argument('<name>')
    .addOption(roleOption())
    .addOption(stageRoleOption())
    .option(
      '--drop-role-for <stage>',
      'what they are everywhere counts for that stage again; may be given several times',
      collect,
    )
    .option('--display-name <name>', 'how pages call them')
    .option('--json', 'print one JSON document')
    .action(async (name, options) => (await import('./person')).personSet(name, options));
  addHomeOption(person.command('list').description('list accounts'))
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./person')).personList(options));
}
