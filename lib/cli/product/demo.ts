import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type DemoPerson, makeDemo } from '../../demo/make-demo';
import { AppError } from '../../errors';
import { type Home, openHome } from '../../home';
import { printJson, printLines, printNotice, printTable } from '../output';
import { checkPort } from './check-port';
import { signalToEnd } from './process-signals';
import { serveHome } from './serve';

export interface DemoOptions {
  dir: string;
  host: string;
  port: number;
  repoPort: number;
  webProcesses: number;
  reset?: true;
  makeOnly?: true;
  json?: true;
}

/** Says that a folder is a demo's, and may be deleted by --reset. Written first. */
const MARK = '.treeline-demo';
/** Says that the demo in the folder is whole. Written last. */
const DONE = '.complete';

/**
 * `treeline demo`: makes the demo in its folder where there is none yet, and runs it. Passwords are printed
 * when it is made and are kept nowhere.
 */
export async function demo(options: DemoOptions): Promise<void> {
  // The demo's database lies in its folder, and goes with it, wherever the one of this machine may be.
  delete process.env.DATABASE_URL;
  delete process.env.TREELINE_SIGNER_DATABASE_URL;
  const dir = resolve(options.dir);
  if (!options.makeOnly) {
    await checkPort(options.host, options.port, '--port');
    await checkPort(options.host, options.repoPort, '--repo-port');
  }
  const signal = signalToEnd();
  const { home, people } = await prepare(dir, options, signal);
  if (options.makeOnly) {
    if (options.json) printJson({ home: home.root, people });
    else announce(people, null);
    return;
  }
  printNotice('Starting the pages, the worker, the signer and the repository server …');
  await serveHome(home, { ...options, logFiles: true }, signal, (urls) => announce(people, urls));
}

async function prepare(
  dir: string,
  options: DemoOptions,
  signal: AbortSignal,
): Promise<{ home: Home; people: DemoPerson[] | null }> {
  const isWhole = existsSync(join(dir, DONE));
  if (isWhole && !options.reset) return { home: openHome(join(dir, 'home')), people: null };
  clear(dir);
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, MARK), 'A Treeline demo: treeline demo --reset deletes this folder.\n');
  const startedAt = performance.now();
  const made = await makeDemo(dir, { now: new Date(), say: printNotice, signal });
  writeFileSync(join(dir, DONE), '');
  printNotice(`Made the demo in ${((performance.now() - startedAt) / 1000).toFixed(1)} s: ${dir}`);
  return made;
}

/** Empties the place of the demo; refuses to delete what is no demo. */
function clear(dir: string): void {
  const found = statSync(dir, { throwIfNoEntry: false });
  if (!found) return;
  const isOurs = found.isDirectory() && (existsSync(join(dir, MARK)) || readdirSync(dir).length === 0);
  if (!isOurs)
    throw new AppError('conflict', `${dir} is no demo; move it away or choose another place with --dir`);
  rmSync(dir, { recursive: true });
}

function announce(people: DemoPerson[] | null, urls: { pages: string; repositories: string } | null): void {
  if (urls)
    printLines([
      '',
      `Treeline:     ${urls.pages}`,
      `Repositories: ${urls.repositories}/production/ (and staging, dev)`,
    ]);
  printLines(['']);
  if (people) {
    printLines(['Sign in as, with the password:']);
    printTable(people.map(({ name, password }) => [`  ${name}`, password]));
    printLines(['', 'The passwords are shown this once and kept nowhere.']);
  } else {
    printLines(['The passwords were printed when the demo was made; npm run demo -- --reset makes it anew.']);
  }
  if (urls) printLines(['Ctrl-C ends everything.']);
}
