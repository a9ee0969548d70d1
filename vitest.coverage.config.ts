import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config';

/**
 * `npm run coverage`: what the engine's tests in `npm test` reach of it. The thresholds are what they reached when they
 * were set; they go up, never down. What cannot be reached says so in a comment beside it (`v8 ignore`).
 */
const { include: _include, ...test } = base.test ?? {};

export default mergeConfig(
  { ...base, test },
  defineConfig({
    test: {
      include: ['lib/{gvariant,ostree}/**/*.test.ts'],
      coverage: {
        enabled: true,
        provider: 'v8',
        include: ['lib/{gvariant,ostree}/**/*.ts'],
        exclude: ['**/*.test.ts', '**/fixtures/**', 'lib/ostree/differential/**'],
        reporter: [['text', { skipFull: true }], 'json'],
        reportsDirectory: '.test-tmp/coverage',
        thresholds: {
          'lib/gvariant/**': { branches: 100, functions: 100, lines: 100, statements: 100 },
          'lib/ostree/{format,native,pull,repo,sign,threads,write}/**': {
            branches: 100,
            functions: 100,
            lines: 100,
            statements: 100,
          },
          'lib/ostree/*.ts': { branches: 100 },
        },
      },
      testTimeout: 120_000,
    },
  }),
);
