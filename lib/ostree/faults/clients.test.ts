import { expect, test } from 'vitest';
import { pullDuringPublications, pullWithOstree } from './fixtures/clients';

/** A hundred publications and ten clients in `clients.deep.test.ts`. */
const few = { publications: 3, clients: 4 };

test.each([
  ['static', 1],
  ['repo-server', 0],
] as const)(
  'clients pull from a %s while it is published with an overlap of %d s: none fails',
  async (server, overlapSeconds) => {
    const counts = await pullDuringPublications({ ...few, server, overlapSeconds });
    expect(counts).toMatchObject({ publications: few.publications, mismatches: 0, failures: [] });
    expect(counts.pulls).toBeGreaterThan(few.clients);
    expect(counts.commits).toBeGreaterThan(1);
  },
  120_000,
);

test('ostree pulls with GPG from our own server while it is published: none fails', async () => {
  const counts = await pullWithOstree({ publications: 3, clients: 2, server: 'repo-server' });
  expect(counts).toMatchObject({ publications: 3, mismatches: 0, failures: [] });
}, 120_000);
