import { describe, expect, it } from 'vitest';
import { openInflateStream } from './inflate';

describe('streams that are inflated', () => {
  it('may be more at once than decoders are kept for', () => {
    const streams = Array.from({ length: 6 }, openInflateStream);
    for (const stream of [...streams, openInflateStream()]) {
      const inflated = [...stream.push(Buffer.from([1, 1, 0, 0xfe, 0xff, 0x78]))].map((chunk) =>
        chunk.slice(),
      );
      expect(Buffer.concat(inflated).toString()).toBe('x');
      stream.assertEnded();
      stream.close();
    }
  });
});
