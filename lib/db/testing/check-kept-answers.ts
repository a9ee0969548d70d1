import { isDeepStrictEqual } from 'node:util';
import { freeze } from '../../promotion/keep-parsed';
import { keptAnswers } from '../read-at-head';

/**
 * In every test each answer that `readAtHead` kept is asked for once more and must be the same, unless something was
 * written meanwhile; and nobody may change one. What is written without an event that had to have one is found like this.
 */
keptAnswers.onUse = async (answer, { ask, isStill, question }) => {
  freeze(answer);
  const now = await ask();
  if (isDeepStrictEqual(now, answer) || !(await isStill())) return;
  throw new Error(`${question} has another answer, and the audit log the same head`);
};
