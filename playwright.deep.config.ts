import config from './playwright.config';

/** `npm run test:deep`: the specs that take longer than the ten minutes of `npm test` allow. */
export default { ...config, testIgnore: [], testMatch: '**/*.deep.spec.ts' };
