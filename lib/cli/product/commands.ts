import { availableParallelism } from 'node:os';
import { type Command, Option } from 'commander';
import { collect, parseWhole } from '../parse-option';
import { addHomeOption } from './add-home-option';
import { addEdgeOptions } from './edge-options';
import { addHoldCommands } from './hold-commands';
import { addPersonCommands } from './person-commands';
import { addRetirementCommands } from './retirement-commands';

const parseProcesses = parseWhole(1, 64);
/** As many as that unless somebody wants more: each takes some hundred MiB, and one is enough to answer while the other works. */
const WEB_PROCESSES_MAX = 2;

/**
 * The commands on an installation. Each action is loaded when it is called: the plumbing starts without
 * Prisma, and the repository server without anything that could reach a key.
 */
export function addProductCommands(program: Command): void {
  addSetupCommands(program);
  addProcessCommands(program);
  addStageCommands(program);
  addEdgeCommands(program);
  addPersonCommands(program);
  addGroupCommands(program);
  addFreezeCommands(program);
  addHoldCommands(program);
  addRetirementCommands(program);
  addTokenCommands(program);
  addKeyCommands(program);
  const audit = program.command('audit').description('the record of who did what');
  addHomeOption(audit.command('verify').description('check that no event was changed, added or removed'))
    .option('--head <hash>', 'an earlier head, noted elsewhere: whether events were cut off since')
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./audit')).auditVerify(options));
  addHomeOption(audit.command('export').description('print the whole record; that is recorded too'))
    .addOption(
      new Option('--format <format>', 'JSON lines hold all that the chain needs')
        .choices(['jsonl', 'csv'])
        .default('jsonl'),
    )
    .option('--output <file>', 'a new file instead of stdout')
    .action(async (options) => (await import('./audit')).auditExport(options));
}

function addSetupCommands(program: Command): void {
  addHomeOption(program.command('init').description('make a home, its database and the first admin'))
    .option('--name <name>', 'sign-in name of the first admin', 'admin')
    .option('--display-name <name>', 'how pages call them', 'Admin')
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./init')).init(options));
  addHomeOption(program.command('migrate').description('bring the database up to date'))
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./migrate')).migrate(options));
  addListenOptions(program.command('demo').description('make and run a demo with repositories of its own'))
    .option('--dir <path>', 'where everything of the demo lies', '.demo')
    .option('--reset', 'make it anew')
    .option('--make-only', 'make it, start nothing')
    .option('--json', 'with --make-only: print one JSON document')
    .action(async (options) => (await import('./demo')).demo(options));
}

function addProcessCommands(program: Command): void {
  addListenOptions(addHomeOption(program.command('serve').description('run all processes on this machine')))
    .option('--public-url <url>', 'where browsers find the pages, if not there')
    .option('--repo-url <url>', 'where clients find the repositories, if not there')
    .option('--log-files', 'write logs to files in the home')
    .option('--dev', 'compile pages as they are asked for')
    .action(async (options) => (await import('./serve')).serve(options));
  addHomeOption(program.command('web').description('run the pages and the API alone'))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on', parseWhole(1, 65_535), 3000)
    .option('--processes <n>', 'how many make pages; one that dies is started again', parseProcesses, 1)
    .option('--dev', 'compile pages as they are asked for')
    .action(async (options) => (await import('./web')).runWeb(options));
  addHomeOption(program.command('worker').description('carry out approved promotions')).action(
    async (options) => (await import('./run-worker')).runWorkerProcess(options),
  );
  addHomeOption(program.command('signer').description('hold the keys and sign what was approved')).action(
    async (options) => (await import('./run-signer')).runSignerProcess(options),
  );
  addHomeOption(program.command('repo-server').description('serve published repositories over HTTP'))
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port to listen on', parseWhole(1, 65_535), 3001)
    .option('--config <file>', 'what to serve (default: repo-server.json in the home)')
    .action(async (options) => (await import('./run-repo-server')).runRepoServerProcess(options));
}

function addListenOptions(command: Command): Command {
  return command
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--port <n>', 'port of the pages', parseWhole(1, 65_535), 3000)
    .option('--repo-port <n>', 'port of the repositories', parseWhole(1, 65_535), 3001)
    .option(
      '--web-processes <n>',
      'how many make pages',
      parseProcesses,
      Math.min(availableParallelism(), WEB_PROCESSES_MAX),
    );
}

function addStageCommands(program: Command): void {
  const stage = program.command('stage').description('repositories with a place in the pipeline');
  addHomeOption(stage.command('add').description('look at a repository and make it a stage'))
    .argument('<name>')
    .requiredOption('--repo <path>', 'the repository')
    .option('--key <key>', 'ed25519 or gpg makes a key; a file is imported as a secret ed25519 key', collect)
    .option('--position <n>', 'place in the pipeline, from the left', parseWhole(0, 999))
    .option('--overlap <seconds>', 'how long old and new summary are signed together', parseWhole(0, 3600))
    .option(
      '--retire-grace <hours>',
      'how long the commits of a ref that is removed stay (24)',
      parseWhole(1, 720),
    )
    .option('--json', 'print one JSON document')
    .action(async (name, options) => (await import('./stage')).stageAdd(name, options));
  addHomeOption(stage.command('set').description('change what can be changed of a stage'))
    .argument('<name>')
    .option('--position <n>', 'place in the pipeline, from the left', parseWhole(0, 999))
    .option('--overlap <seconds>', 'how long old and new summary are signed together', parseWhole(0, 3600))
    .option(
      '--retire-grace <hours>',
      'how long the commits of refs that are removed from now on stay',
      parseWhole(1, 720),
    )
    .option('--json', 'print one JSON document')
    .action(async (name, options) => (await import('./stage')).stageSet(name, options));
  addHomeOption(stage.command('list').description('list stages'))
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./stage')).stageList(options));
  addHomeOption(stage.command('adopt').description('take what refs are now for what they should be'))
    .argument('<name>')
    .argument('[refs...]', 'default: all')
    .option('--json', 'print one JSON document')
    .action(async (name, refs, options) => (await import('./stage')).stageAdopt(name, refs, options));
}

function addEdgeCommands(program: Command): void {
  const edge = program.command('edge').description('ways from one stage to the next');
  addEdgeOptions(addHomeOption(edge.command('add').description('let refs move from one stage to another')))
    .argument('<from>')
    .argument('<to>')
    .requiredOption('--refs <glob>', 'which refs may take it; * within a part, ** across parts', collect)
    .option('--json', 'print one JSON document')
    .action(async (from, to, options) => (await import('./edge')).edgeAdd(from, to, options));
  addEdgeOptions(addHomeOption(edge.command('set').description('change what an edge asks for')))
    .argument('<from>')
    .argument('<to>')
    .option('--refs <glob>', 'which refs may take it from now on', collect)
    .option('--json', 'print one JSON document')
    .action(async (from, to, options) => (await import('./edge')).edgeSet(from, to, options));
  addHomeOption(edge.command('list').description('list edges'))
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./edge')).edgeList(options));
}

function addGroupCommands(program: Command): void {
  const group = program.command('group').description('people that approval rules name');
  addHomeOption(group.command('add').description('make a group'))
    .argument('<name>')
    .option('--member <person>', 'who is in it, by sign-in name; may be given several times', collect)
    .option('--json', 'print one JSON document')
    .action(async (name, options) => (await import('./group')).groupAdd(name, options));
  addHomeOption(group.command('set').description('say who is in a group from now on'))
    .argument('<name>')
    .argument('[people...]', 'all of them; nobody: the group is empty')
    .option('--json', 'print one JSON document')
    .action(async (name, people, options) => (await import('./group')).groupSet(name, people, options));
  addHomeOption(group.command('list').description('list groups'))
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./group')).groupList(options));
  addHomeOption(group.command('remove').description('remove a group that no edge asks for'))
    .argument('<name>')
    .option('--json', 'print one JSON document')
    .action(async (name, options) => (await import('./group')).groupRemove(name, options));
}

function addFreezeCommands(program: Command): void {
  const freeze = program.command('freeze').description('times at which nothing is published');
  const addTimes = (command: Command, isNew: boolean) => {
    const option = (flags: string, text: string) =>
      command.addOption(new Option(flags, text).makeOptionMandatory(isNew));
    option('--start <time>', 'when it begins, on the wall of its zone, such as 2026-12-24T18:00');
    option('--end <time>', 'when it ends, likewise');
    option('--zone <name>', 'its time zone, such as Europe/Berlin');
    option('--reason <text>', 'why, for whoever has to wait');
    command.option('--stage <name>', `which stage${isNew ? ' (default: all)' : ''}`);
    command.option('--rule <rrule>', 'how it recurs (RFC 5545), such as FREQ=WEEKLY');
    return command.option('--json', 'print one JSON document');
  };
  addTimes(
    addHomeOption(freeze.command('add').description('add a freeze window')).argument('<name>'),
    true,
  ).action(async (name, options) => (await import('./freeze')).freezeAdd(name, options));
  addTimes(
    addHomeOption(freeze.command('set').description('change a freeze window')).argument('<name>'),
    false,
  )
    .addOption(new Option('--all-stages', 'for all stages from now on').conflicts('stage'))
    .addOption(new Option('--once', 'recur no more').conflicts('rule'))
    .action(async (name, options) => (await import('./freeze')).freezeSet(name, options));
  addHomeOption(freeze.command('list').description('list freeze windows'))
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./freeze')).freezeList(options));
  addHomeOption(freeze.command('remove').description('remove a freeze window, also while it holds'))
    .argument('<name>')
    .option('--json', 'print one JSON document')
    .action(async (name, options) => (await import('./freeze')).freezeRemove(name, options));
  addHomeOption(freeze.command('override').description('let one promotion past the windows that hold now'))
    .argument('<number>', 'of the promotion', parseWhole(1))
    .requiredOption('--reason <text>', 'why; it stands in the history')
    .option('--json', 'print one JSON document')
    .action(async (number, options) => (await import('./freeze')).freezeOverride(number, options));
  addHomeOption(freeze.command('reinstate').description('take an override back before it is used'))
    .argument('<number>', 'of the promotion', parseWhole(1))
    .requiredOption('--reason <text>', 'why; it stands in the history')
    .option('--json', 'print one JSON document')
    .action(async (number, options) => (await import('./freeze')).freezeReinstate(number, options));
}

function addTokenCommands(program: Command): void {
  const account = program.command('service-account').description('accounts of programs, which never sign in');
  addHomeOption(account.command('add').description('make an account, without a token yet'))
    .argument('<name>')
    .option('--display-name <name>', 'how pages call it (default: the name)')
    .option('--json', 'print one JSON document')
    .action(async (name, options) => (await import('./service-account')).serviceAccountAdd(name, options));
  addHomeOption(account.command('list').description('list accounts of programs'))
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./service-account')).serviceAccountList(options));
  for (const act of ['disable', 'enable'] as const) {
    const what = act === 'disable' ? 'stop all its tokens at once' : 'let its tokens work again';
    addHomeOption(account.command(act).description(what))
      .argument('<name>')
      .option('--json', 'print one JSON document')
      .action(async (name, options) =>
        (await import('./service-account')).serviceAccountSet(name, act === 'disable', options),
      );
  }
  const token = program.command('token').description('what programs ask the API with');
  addHomeOption(token.command('add').description('make a token; it is shown once'))
    .argument('<account>', 'a service account')
    .requiredOption('--name <name>', 'what it is for')
    .requiredOption(
      '--scope <scope>',
      'read, promotions:request, promotions:rollback, promotions:remove or checks:report; may be given several times',
      collect,
    )
    .option(
      '--stage <stage>',
      'for what leads into this stage alone (default: any); may be given several times',
      collect,
    )
    .requiredOption(
      '--holder <person>',
      'who answers for it, by sign-in name; approves nothing asked with it',
    )
    .option('--expires <days>', 'how long it holds', parseWhole(1, 365), 90)
    .option('--json', 'print one JSON document')
    .action(async (name, options) => (await import('./token')).tokenAdd(name, options));
  addHomeOption(token.command('list').description('list tokens, by their first characters'))
    .option('--json', 'print one JSON document')
    .action(async (options) => (await import('./token')).tokenList(options));
  addHomeOption(token.command('revoke').description('end a token for good'))
    .argument('<account>')
    .argument('<name>', 'of the token')
    .option('--json', 'print one JSON document')
    .action(async (account, name, options) => (await import('./token')).tokenRevoke(account, name, options));
}

function addKeyCommands(program: Command): void {
  const key = program.command('key').description('keys that stages sign with');
  const typeOption = () => new Option('--type <type>', 'kind of key').choices(['ed25519', 'gpg']);
  addHomeOption(key.command('generate').description('make a key pair; the signer keeps the secret half'))
    .argument('<stage>')
    .addOption(typeOption().default('ed25519'))
    .option('--json', 'print one JSON document')
    .action(async (stage, options) => (await import('./key')).keyGenerate(stage, options));
  addHomeOption(key.command('import').description('take over a secret key from a file'))
    .argument('<stage>')
    .argument('<file>')
    .addOption(typeOption().default('ed25519'))
    .option('--json', 'print one JSON document')
    .action(async (stage, file, options) => (await import('./key')).keyImport(stage, file, options));
  addHomeOption(key.command('export').description('print the public half, as ostree reads it'))
    .argument('<stage>')
    .addOption(typeOption())
    .option('--key <id>', 'which, by base64 public key or fingerprint')
    .option('--output <file>', 'write it there instead')
    .action(async (stage, options) => (await import('./key')).keyExport(stage, options));
}
