import { expect, test } from 'vitest';
import { AppError } from './errors';
import { createLogger } from './logger';

function linesOf(write: (logger: ReturnType<typeof createLogger>) => void) {
  const lines: string[] = [];
  write(createLogger('test', 'info', { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

test('a line is one JSON object with process, level and time', () => {
  expect(linesOf((logger) => logger.info({ stage: 'dev' }, 'claimed'))).toEqual([
    { level: 'info', time: expect.stringMatching(/Z$/), process: 'test', stage: 'dev', msg: 'claimed' },
  ]);
});

test('a secret handed over by mistake is not written, three levels deep', () => {
  const text = JSON.stringify(
    linesOf((logger) => {
      logger.info({ password: 'hunter2', a: { secretKey: 'hunter2', b: { cookie: 'hunter2' } } }, 'x');
    }),
  );
  expect(text).not.toContain('hunter2');
  expect(text).toContain('[Redacted]');
});

test('an error on purpose is logged by code and details with its causes, a bug with its stack', () => {
  const cause = new Error('inner');
  const [line] = linesOf((logger) =>
    logger.error(
      { error: new AppError('not-found', 'no stage dev', { details: { stage: 'dev' }, cause }) },
      'x',
    ),
  );
  expect(line?.error).toEqual({
    code: 'not-found',
    message: 'no stage dev',
    details: { stage: 'dev' },
    cause: { name: 'Error', message: 'inner', stack: expect.stringContaining('logger.test') },
  });
});
