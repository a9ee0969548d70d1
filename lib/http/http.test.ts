import { expect, test } from 'vitest';
import { AppError } from '../errors';
import { InputInvalidError } from '../services/parse-input';
import { checkOrigin } from './check-origin';
import { eventStream } from './event-stream';
import { problemOf } from './problem';
import { BODY_BYTES_MAX, readJson } from './read-json';

const origin = (headers: Record<string, string>) => () =>
  checkOrigin(new Headers(headers), 'https://treeline.example');

test.each([
  [{ origin: 'https://treeline.example', host: 'inner:3000' }],
  [{ origin: 'http://127.0.0.1:3000', host: '127.0.0.1:3000' }],
  [{ origin: 'https://treeline.example', host: 'x', 'sec-fetch-site': 'same-origin' }],
])('a write from our own pages passes: %j', (headers) => {
  expect(origin(headers)).not.toThrow();
});

test.each([
  [{ host: '127.0.0.1:3000' }],
  [{ origin: 'null', host: '127.0.0.1:3000' }],
  [{ origin: 'https://evil.example', host: '127.0.0.1:3000' }],
  [{ origin: 'https://treeline.example.evil.example', host: 'x' }],
  [{ origin: 'http://treeline.example', host: 'x' }],
  [{ origin: 'http://user@127.0.0.1:3000', host: '127.0.0.1:3000' }],
  [{ origin: '127.0.0.1:3000', host: '127.0.0.1:3000' }],
  [{ origin: 'http://127.0.0.1:3001', host: '127.0.0.1:3000' }],
  [{ origin: 'https://treeline.example', host: 'x', 'sec-fetch-site': 'cross-site' }],
  [{ origin: 'https://treeline.example', host: 'x', 'sec-fetch-site': 'same-site' }],
])('a write from anywhere else does not: %j', (headers) => {
  expect(origin(headers as Record<string, string>)).toThrow(/own pages/);
});

const post = (body: BodyInit | null, type = 'application/json') =>
  new Request('http://x/', { method: 'POST', body, headers: { 'content-type': type } });

test('a body is JSON in Unicode of a size that is read', async () => {
  expect(await readJson(post('{"a":["é",1]}', 'Application/JSON; charset=utf-8'))).toEqual({ a: ['é', 1] });
  const bad = [
    post('{"a":1}', 'text/plain'),
    post('a=1', 'application/x-www-form-urlencoded'),
    post('{', 'application/json'),
    post('', 'application/json'),
    post(null),
    post('{"a":"\\ud800"}'),
    post(JSON.stringify('x'.repeat(BODY_BYTES_MAX))),
  ];
  for (const request of bad) await expect(readJson(request)).rejects.toMatchObject({ code: 'input-invalid' });
});

test('an error is a problem with a stable code; a bug tells nothing of itself', () => {
  expect(problemOf(new AppError('plan-changed', 'it moved', { details: { promotion: 7 } }))).toEqual({
    type: 'about:blank',
    title: 'It has changed in the meantime',
    status: 409,
    code: 'plan-changed',
    detail: 'it moved',
    details: { promotion: 7 },
  });
  expect(problemOf(new InputInvalidError({ 'refs.0.ref': 'is not a ref name' }))).toMatchObject({
    status: 400,
    fields: { 'refs.0.ref': 'is not a ref name' },
  });
  expect(problemOf(new AppError('name-taken', 'taken', { details: { field: 'name' } }))).toMatchObject({
    status: 409,
    fields: { name: 'taken' },
  });
  const bug = problemOf(new Error('password=hunter2 at /secret/path'));
  expect(bug).toMatchObject({ status: 500, code: 'internal' });
  expect(JSON.stringify(bug)).not.toContain('hunter2');
});

/** Reads a stream until it ends or `count` events came. */
async function read(response: Response, count = Number.POSITIVE_INFINITY): Promise<string[]> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const events: string[] = [];
  for (let text = ''; reader; ) {
    const { value, done } = await reader.read();
    if (done) break;
    text += value;
    const parts = text.split('\n\n');
    text = parts.pop() ?? '';
    events.push(...parts);
    if (events.length >= count) {
      await reader.cancel();
      break;
    }
  }
  return events;
}
const dataOf = (events: string[]) =>
  events.flatMap((event) => /^data: (.*)$/m.exec(event)?.[1] ?? []).map((data) => JSON.parse(data));

test('a stream sends the whole value at first and each time it changed, and ends after the last', async () => {
  const values = [1, 1, 2, 2, 3];
  let at = 0;
  const source = {
    name: 'number',
    read: async () => ({ n: values[Math.min(at++, values.length - 1)] }),
    isLast: (value: { n?: number }) => value.n === 3,
    signal: new AbortController().signal,
  };
  const response = await eventStream(source);
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  expect(response.headers.get('cache-control')).toBe('private, no-store, no-transform');
  const events = await read(response);
  expect(dataOf(events)).toEqual([{ n: 1 }, { n: 2 }, { n: 3 }]);
  // A browser that comes back having seen the end is told to stop; one that hasn't gets it.
  const id = /^id: (.*)$/m.exec(events.at(-1) ?? '')?.[1];
  expect((await eventStream({ ...source, lastEventId: id })).status).toBe(204);
  expect(dataOf(await read(await eventStream({ ...source, lastEventId: 'older' })))).toEqual([{ n: 3 }]);
});

test('a stream whose reader has gone stops looking', async () => {
  let reads = 0;
  const response = await eventStream({
    name: 'n',
    read: async () => ({ n: reads++ }),
    isLast: () => false,
    signal: new AbortController().signal,
  });
  await read(response, 2);
  const seen = reads;
  await new Promise((resolve) => setTimeout(resolve, 800));
  expect(reads - seen).toBeLessThanOrEqual(1);
});

test('what can’t be read is told before the stream begins, and breaks it later', async () => {
  const refuse = async () => {
    throw new AppError('not-found', 'gone');
  };
  const base = { name: 'n', isLast: () => false, signal: new AbortController().signal };
  await expect(eventStream({ ...base, read: refuse })).rejects.toMatchObject({ code: 'not-found' });
  let reads = 0;
  const response = await eventStream({ ...base, read: async () => (reads++ < 2 ? { n: 1 } : refuse()) });
  await expect(read(response)).rejects.toThrow();
});
