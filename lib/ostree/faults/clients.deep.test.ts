import { expect, test } from 'vitest';
import { pullDuringPublications, pullWithOstree } from './fixtures/clients';

const many = { publications: 100, clients: 10 };

test('ten clients, half of them with caches, pull during a hundred publications (F-23, R-37)', async () => {
  const [fromStatic, fromOwn] = await Promise.all([
    pullDuringPublications({ ...many, server: 'static', overlapSeconds: 1 }),
    pullDuringPublications({ ...many, server: 'repo-server', overlapSeconds: 0 }),
  ]);
  console.log('static server, overlap 1 s', JSON.stringify(fromStatic));
  console.log('repo-server, no overlap', JSON.stringify(fromOwn));
  for (const counts of [fromStatic, fromOwn]) {
    expect(counts).toMatchObject({ publications: many.publications, mismatches: 0, failures: [] });
    expect(counts.pulls).toBeGreaterThan(many.clients);
    expect(counts.commits).toBeGreaterThan(many.publications / 4);
  }
});

test('ostree pulls with GPG, which has no overlap: nothing fails behind our own server', async () => {
  const some = { publications: 30, clients: 3 };
  const [fromStatic, fromOwn] = [
    await pullWithOstree({ ...some, server: 'static' }),
    await pullWithOstree({ ...some, server: 'repo-server' }),
  ];
  // Between two renames a static server has a pair that does not match; how many meet it is counted, not promised.
  console.log('static server, GPG', JSON.stringify(fromStatic));
  console.log('repo-server, GPG', JSON.stringify(fromOwn));
  expect(fromStatic).toMatchObject({ publications: some.publications, failures: [] });
  expect(fromOwn).toMatchObject({ publications: some.publications, mismatches: 0, failures: [] });
});
