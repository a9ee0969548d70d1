import { createHash } from 'node:crypto';

/** How often a stream looks for a change. */
const LOOK_MILLISECONDS = 300;
/** A comment is sent this often while nothing changes, so that no proxy takes the silence for an end. */
const KEEP_ALIVE_MILLISECONDS = 15_000;
/** How long a stream goes on after its end was seen: the last change may bring another with it. */
const GRACE_MILLISECONDS = 2_000;

export interface EventSource<T> {
  /** The event's name. */
  name: string;
  /** The value as it is now. What it throws ends the stream; the browser connects anew and is then told why. */
  read: () => Promise<T>;
  /** Whether nothing will change after this value. */
  isLast: (value: T) => boolean;
  /** Ends the stream when the client has gone. */
  signal: AbortSignal;
  /** `Last-Event-ID`: what a browser that connects anew has seen already. */
  lastEventId?: string | null;
}

/**
 * Server-sent events: the whole value, at once and each time it has changed. Whoever connects anew gets the present
 * value first, so nothing is lost by a broken connection. Once the last value has been sent the stream ends; a
 * browser that then connects anew, having seen it, is answered 204, after which it stops.
 */
export async function eventStream<T>(source: EventSource<T>): Promise<Response> {
  const first = await source.read();
  if (source.isLast(first) && source.lastEventId === eventId(JSON.stringify(first))) {
    return new Response(null, { status: 204 });
  }
  const encoder = new TextEncoder();
  const gone = new AbortController();
  const signal = AbortSignal.any([source.signal, gone.signal]);
  const stream = new ReadableStream<Uint8Array>({
    async start(controller) {
      const send = (text: string) => controller.enqueue(encoder.encode(text));
      try {
        send('retry: 1000\n\n');
        for await (const text of eventTexts({ ...source, signal })) send(text);
        if (!signal.aborted) controller.close();
      } catch (error) {
        if (!signal.aborted) controller.error(error);
      }
    },
    cancel() {
      gone.abort();
    },
  });
  return new Response(stream, {
    headers: {
      'Content-Type': 'text/event-stream; charset=utf-8',
      // no-transform: a stream that is compressed on the way is held back until there is enough of it.
      'Cache-Control': 'private, no-store, no-transform',
      'X-Accel-Buffering': 'no',
    },
  });
}

async function* eventTexts<T>({ name, read, isLast, signal }: EventSource<T>): AsyncGenerator<string> {
  let sent = '';
  let quietSince = Date.now();
  let endsAt = Number.POSITIVE_INFINITY;
  while (!signal.aborted) {
    const value = await read();
    const data = JSON.stringify(value);
    if (data !== sent) {
      sent = data;
      quietSince = Date.now();
      yield `event: ${name}\nid: ${eventId(data)}\ndata: ${data}\n\n`;
    } else if (Date.now() - quietSince >= KEEP_ALIVE_MILLISECONDS) {
      quietSince = Date.now();
      yield ': still here\n\n';
    }
    if (!isLast(value)) endsAt = Number.POSITIVE_INFINITY;
    else if (endsAt === Number.POSITIVE_INFINITY) endsAt = Date.now() + GRACE_MILLISECONDS;
    if (Date.now() >= endsAt) return;
    await pause(LOOK_MILLISECONDS, signal);
  }
}

function eventId(data: string): string {
  return createHash('sha256').update(data).digest('base64url').slice(0, 16);
}

/** Waits, no longer than until `signal` is aborted. */
function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener('abort', done, { once: true });
  });
}
