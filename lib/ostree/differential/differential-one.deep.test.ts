import { test } from 'vitest';
import { runDeepSuite } from './run-deep-suite';

const options = { timeout: 4 * 3_600_000 };

test('on 500 more random repositories, each with one command as a process', options, () =>
  runDeepSuite(20_261_126),
);
