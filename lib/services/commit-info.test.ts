import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Checksum, objectPath, openRepo, parseChecksum, type Repo } from '../ostree';
import { followedHistory, historyOf } from './commit-info';
import { makeTestPipeline, REF, type TestPipeline } from './testing/pipeline';
import { makeWorld, type World } from './testing/world';

let world: World;
let pipeline: TestPipeline;
let repo: Repo;
const commits: Checksum[] = [];
beforeAll(async () => {
  world = await makeWorld();
  pipeline = await makeTestPipeline(world);
  repo = openRepo(pipeline.repo('dev'));
  for (const checksum of [...historyOf(world.ctx, repo, head())].toReversed())
    commits.push(checksum.checksum);
  for (const version of ['3', '4', '5']) commits.push(add(version));
});
afterAll(() => {
  repo.close();
  return world.close();
});

const head = () => parseChecksum(pipeline.head('dev', REF) ?? '');
const add = (version: string) => parseChecksum(pipeline.commit('dev', REF, { version, files: { version } }));
const followed = (from: Checksum) => [
  ...followedHistory(world.ctx, repo, { stageId: 'dev', ref: REF, head: from }),
];
const newestFirst = (from: number, to: number) => commits.slice(from, to).toReversed();

test('a history is what leads to the head, also when the head moves on or back', () => {
  expect(followed(head())).toEqual(newestFirst(0, 5));
  commits.push(add('6'));
  expect(followed(head())).toEqual(newestFirst(0, 6));
  expect(followed(commits[2] as Checksum)).toEqual(newestFirst(0, 3));
  expect(followed(head())).toEqual(newestFirst(0, 6));
});

test('that a commit has gone is seen within a minute', () => {
  rmSync(join(pipeline.repo('dev'), objectPath(commits[1] as Checksum, 'commit', 'archive')));
  expect(followed(head())).toEqual(newestFirst(0, 6));
  world.clock.advance(59);
  commits.push(add('7'));
  expect(followed(head())).toEqual(newestFirst(0, 7));
  world.clock.advance(2);
  expect(followed(head())).toEqual(newestFirst(2, 7));
});
