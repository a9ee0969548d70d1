import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './vitest.sequencer';

export default defineConfig({
  resolve: { alias: { '@': fileURLToPath(new URL('.', import.meta.url)) } },
  test: {
    include: [
      'lib/**/*.test.ts',
      'components/**/*.test.{ts,tsx}',
      'app/**/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    exclude: ['**/*.deep.test.ts', 'node_modules/**', '.next/**'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    globalSetup: ['lib/db/testing/shared-postgres.ts'],
    setupFiles: ['lib/db/testing/check-kept-answers.ts'],
    pool: 'forks',
    // What files import is loaded once for each worker. None leaves anything behind in a module.
    isolate: false,
    // One more than the two cores that the tests are measured on: some of them wait for other programs.
    maxWorkers: 3,
    sequence: { sequencer: LongestFirst },
  },
});
