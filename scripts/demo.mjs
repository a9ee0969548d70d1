// `npm run demo`: builds what is missing or out of date, then becomes `treeline demo`, which makes the
// demo under .demo/ and runs it. Options after `--` are those of `treeline demo`.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildParts, listStaleParts } from './build.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const say = (line) => process.stderr.write(`${line}\n`);
const command = join(root, 'dist', 'treeline.js');

try {
  const parts = listStaleParts();
  if (parts.length > 0) say('First the build: it is kept, and made again only where sources change.');
  await buildParts(parts, say);
  process.argv = [process.argv[0], command, 'demo', '--dir', join(root, '.demo'), ...process.argv.slice(2)];
  await import(pathToFileURL(command).href);
} catch (error) {
  say(`demo: ${error.message}`);
  process.exitCode = 1;
}
