import { constants, createInflateRaw, type InflateRaw } from 'node:zlib';
import { corrupt } from '../format/format-error';
import type { FsPort } from '../fs-port';

const CHUNK_BYTES = 64 * 1024;

/** The binding below `zlib.InflateRaw`. npm's own zlib layer (minizlib) stands on the same part of Node. */
interface InflateHandle {
  writeSync(
    flush: number,
    input: Uint8Array,
    inputAt: number,
    inputLength: number,
    output: Uint8Array,
    outputAt: number,
    outputLength: number,
  ): void;
  reset(): void;
  onerror: (message: string, errno: number, code: string) => void;
}

/**
 * A raw-deflate decoder that works synchronously and in pieces: `inflateRawSync` would hold a whole file, and the
 * streams of node:zlib cost more than the small files that an operating system consists of.
 */
class Inflater {
  readonly output = new Uint8Array(CHUNK_BYTES);
  private readonly input = new Uint8Array(CHUNK_BYTES);
  private readonly stream: InflateRaw;
  private readonly handle: InflateHandle;
  /** What is left after a call: output room, then input. */
  private readonly state: Uint32Array;
  private failure: string | null = null;

  constructor() {
    this.stream = createInflateRaw({ chunkSize: CHUNK_BYTES });
    const inner = this.stream as unknown as { _handle: InflateHandle; _writeState: Uint32Array };
    this.handle = inner._handle;
    this.state = inner._writeState;
    this.handle.onerror = (message) => {
      this.failure = message;
    };
  }

  reset(): void {
    this.handle.reset();
    this.failure = null;
  }

  /**
   * Inflates `[position, end)` of an open file. Each chunk is valid until the next is asked for.
   * @throws AppError `ostree/object-corrupt` where the stream is damaged, ends early, or something follows it
   */
  *inflate(fs: FsPort, fd: number, position: number, end: number): Generator<Uint8Array, void, undefined> {
    let at = position;
    while (at < end) {
      const got = fs.read(fd, this.input, 0, Math.min(CHUNK_BYTES, end - at), at);
      if (got === 0) break;
      at += got;
      yield* this.consume(got);
    }
    this.assertEnded();
  }

  /** Inflates what has come so far. Each chunk is valid until the next is asked for. Throws as inflate. */
  *push(bytes: Uint8Array): Generator<Uint8Array, void, undefined> {
    for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
      const part = bytes.subarray(at, at + CHUNK_BYTES);
      this.input.set(part);
      yield* this.consume(part.length);
    }
  }

  /** @throws AppError `ostree/object-corrupt` unless the stream has ended */
  assertEnded(): void {
    // A stream that has ended says so again; one that has not is cut short.
    this.call(constants.Z_FINISH, 0, 0);
    if (this.failure !== null) throw corrupt('its compressed content ends early');
  }

  /** Whether `input` is one whole stream of exactly `sizeBytes`, which lie in `output` from `at` on then. */
  inflateWhole(input: Uint8Array, output: Uint8Array, at: number, sizeBytes: number): boolean {
    // With room for one byte more, a stream that ends leaves some of it.
    this.handle.writeSync(constants.Z_FINISH, input, 0, input.length, output, at, sizeBytes + 1);
    return this.failure === null && this.state[0] === 1 && this.state[1] === 0;
  }

  private *consume(length: number): Generator<Uint8Array, void, undefined> {
    let inputAt = 0;
    for (;;) {
      const [room, left] = this.call(constants.Z_NO_FLUSH, inputAt, length - inputAt);
      if (this.failure !== null) throw corrupt(`its compressed content is malformed (${this.failure})`);
      inputAt = length - left;
      if (room < CHUNK_BYTES) yield this.output.subarray(0, CHUNK_BYTES - room);
      if (room === 0) continue;
      // With room to spare, zlib leaves input alone only behind the end of the stream.
      if (left > 0) throw corrupt('something follows its compressed content');
      return;
    }
  }

  private call(flush: number, inputAt: number, inputLength: number): [room: number, left: number] {
    this.handle.writeSync(flush, this.input, inputAt, inputLength, this.output, 0, CHUNK_BYTES);
    return [this.state[0] as number, this.state[1] as number];
  }
}

/** Making a decoder costs more than inflating a small file: used ones are kept, a few at most. */
const idle: Inflater[] = [];
const IDLE_MAX = 4;

/**
 * Inflates a whole stream of raw deflate in memory, if it is sound.
 * @param output has room for `sizeBytes` and one byte more from `at` on
 * @returns whether `input` was one stream, with nothing behind it, of exactly `sizeBytes`
 */
export function inflateWhole(input: Uint8Array, output: Uint8Array, at: number, sizeBytes: number): boolean {
  const inflater = idle.pop() ?? new Inflater();
  try {
    return inflater.inflateWhole(input, output, at, sizeBytes);
  } finally {
    inflater.reset();
    idle.push(inflater);
  }
}

/**
 * Inflates raw deflate from `[position, end)` of an open file, in chunks of at most 64 KiB that are valid until the
 * next is asked for: memory is bounded whatever the content says.
 * @throws AppError `ostree/object-corrupt`
 */
export function* inflateFile(
  fs: FsPort,
  fd: number,
  position: number,
  end: number,
): Generator<Uint8Array, void, undefined> {
  const inflater = idle.pop() ?? new Inflater();
  try {
    yield* inflater.inflate(fs, fd, position, end);
  } finally {
    giveBack(inflater);
  }
}

function giveBack(inflater: Inflater): void {
  inflater.reset();
  if (idle.length < IDLE_MAX) idle.push(inflater);
}

/** Raw deflate that comes in pieces, from a network for one. Memory is bounded as with inflateFile. */
export interface InflateStream {
  /**
   * What the next piece inflates to, in chunks of at most 64 KiB that are valid until the next is asked for.
   * @throws AppError `ostree/object-corrupt`
   */
  push(bytes: Uint8Array): Generator<Uint8Array, void, undefined>;
  /** @throws AppError `ostree/object-corrupt` unless the stream has ended with the last piece */
  assertEnded(): void;
  /** To be called once, whatever happened; the stream is not used afterwards. */
  close(): void;
}

export function openInflateStream(): InflateStream {
  const inflater = idle.pop() ?? new Inflater();
  return {
    push: (bytes) => inflater.push(bytes),
    assertEnded: () => inflater.assertEnded(),
    close: () => giveBack(inflater),
  };
}
