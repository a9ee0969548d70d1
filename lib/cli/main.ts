/** The commands of the plumbing, each of which is built into a file of its own. Put in by the build. */
declare const REPO_COMMANDS: readonly string[];

/**
 * Where every command begins. The one that is asked for is all that is loaded: scripts call the plumbing a thousand times,
 * and loading all of it takes longer than most commands. It is no module, since those take Node longer to start.
 */
const [group, command = ''] = process.argv.slice(2);
if (group !== 'repo') {
  const porcelain = './porcelain.mjs';
  void import(porcelain);
} else {
  require(`./plumbing/${REPO_COMMANDS.includes(command) ? command : 'repo'}.cjs`);
}
