import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { checkPort } from './check-port';

test('a free port passes and is free afterwards; a taken one is named with the option that changes it', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  await expect(checkPort('127.0.0.1', port, '--repo-port')).rejects.toThrow(
    `port ${port} on 127.0.0.1 is taken; end the program that has it or choose another with --repo-port`,
  );
  await new Promise<void>((resolve) => server.close(() => resolve()));
  await checkPort('127.0.0.1', port, '--port');
  await checkPort('127.0.0.1', port, '--port');
});

test('an address of another machine is refused', async () => {
  await expect(checkPort('192.0.2.1', 4310, '--port')).rejects.toThrow(
    '192.0.2.1 is no address of this machine',
  );
});
