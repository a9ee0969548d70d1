// Makes the Prisma clients from prisma/schema.prisma: one for SQLite in lib/db/generated, one for PostgreSQL in
// lib/db/generated/postgresql. The schema is one text; for the second client its provider and its output are replaced.
// Prisma's own command would download a schema engine first; the clients need none, so a harmless program stands in.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const schemaPath = join(root, 'prisma', 'schema.prisma');
const secondSchemaPath = join(root, 'prisma', '.postgresql.prisma');

/** Replaces exactly one place of the schema, or says that it isn't there. */
function replaceOnce(text, from, to) {
  const parts = text.split(from);
  if (parts.length !== 2) throw new Error(`prisma/schema.prisma must hold ${from} once`);
  return parts.join(to);
}

function generate(schema) {
  const cli = fileURLToPath(new URL('../node_modules/prisma/build/index.js', import.meta.url));
  const result = spawnSync(process.execPath, [cli, 'generate', '--no-hints', `--schema=${schema}`], {
    cwd: root,
    env: { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: '/bin/true', PRISMA_HIDE_UPDATE_MESSAGE: '1' },
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`${result.stdout}${result.stderr}`);
}

try {
  const schema = readFileSync(schemaPath, 'utf8');
  const output = '"../lib/db/generated"';
  const second = replaceOnce(schema, output, '"../lib/db/generated/postgresql"');
  // A server is asked once for rows and all that belongs to them, where SQLite, which is no server, is asked table by table.
  const features = '"strictUndefinedChecks"]';
  const joined = replaceOnce(second, features, features.replace(']', ', "relationJoins"]'));
  writeFileSync(secondSchemaPath, replaceOnce(joined, 'provider = "sqlite"', 'provider = "postgresql"'));
  // In this order: making the first takes away half of the second, which is then refused as a place for it.
  generate(schemaPath);
  rmSync(join(root, 'lib', 'db', 'generated', 'postgresql'), { recursive: true, force: true });
  generate(secondSchemaPath);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(secondSchemaPath, { force: true });
}
