import { defineConfig, mergeConfig } from 'vitest/config';
import base from './vitest.config';

/** `npm run test:deep`: what takes longer than the ten minutes of `npm test` allow. */
const { include: _include, exclude: _exclude, ...test } = base.test ?? {};

export default mergeConfig(
  { ...base, test },
  defineConfig({
    test: {
      include: ['{lib,app,components,scripts}/**/*.deep.test.ts'],
      exclude: ['node_modules/**', '.next/**'],
      testTimeout: 900_000,
      hookTimeout: 300_000,
    },
  }),
);
