import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { ApiProblem, apiGet, apiSend, problemOf } from './api';

const schema = z.object({ name: z.string() });

function answerWith(answer: Response | Error): ReturnType<typeof vi.fn> {
  const fake = vi.fn(async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
  vi.stubGlobal('fetch', fake);
  return fake;
}

async function problemFrom(promise: Promise<unknown>) {
  const error = await promise.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ApiProblem);
  return problemOf(error);
}

afterEach(() => vi.unstubAllGlobals());

describe('apiGet', () => {
  it('gives the checked answer', async () => {
    answerWith(Response.json({ name: 'dev', more: 1 }));
    await expect(apiGet('/api/x', schema)).resolves.toEqual({ name: 'dev' });
  });

  it('throws the server’s problem as it is', async () => {
    const problem = {
      type: 'about:blank',
      title: 'No',
      status: 403,
      code: 'forbidden',
      detail: 'Not yours.',
    };
    answerWith(Response.json(problem, { status: 403 }));
    expect(await problemFrom(apiGet('/api/x', schema))).toEqual(problem);
  });

  it('says that the server can’t be reached, and what a proxy in front answered', async () => {
    answerWith(new TypeError('fetch failed'));
    expect(await problemFrom(apiGet('/api/x', schema))).toMatchObject({ code: 'unreachable', status: 0 });
    answerWith(new Response('<html>bad gateway</html>', { status: 502 }));
    expect(await problemFrom(apiGet('/api/x', schema))).toMatchObject({ status: 502, code: 'internal' });
  });

  it('refuses an answer in another shape', async () => {
    answerWith(Response.json({ title: 'dev' }));
    expect(await problemFrom(apiGet('/api/x', schema))).toMatchObject({
      title: expect.stringContaining('older'),
    });
  });

  it('lets an aborted request be aborted', async () => {
    answerWith(new DOMException('aborted', 'AbortError'));
    await expect(apiGet('/api/x', schema)).rejects.toMatchObject({ name: 'AbortError' });
  });
});

describe('apiSend', () => {
  it('sends JSON, and the idempotency key it is given', async () => {
    const fake = answerWith(new Response(null, { status: 204 }));
    await apiSend('POST', '/api/x', { a: 1 }, z.null(), { idempotencyKey: 'k' });
    expect(fake).toHaveBeenCalledWith(
      '/api/x',
      expect.objectContaining({
        method: 'POST',
        body: '{"a":1}',
        headers: expect.objectContaining({ 'idempotency-key': 'k', 'content-type': 'application/json' }),
      }),
    );
  });
});
