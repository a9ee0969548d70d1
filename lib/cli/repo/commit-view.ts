import type { Commit } from '../../ostree';
import { escapeLine, escapeLines } from '../terminal-text';

/** A commit as `log --json` has it. */
export interface CommitJson {
  checksum: string;
  parent: string | null;
  timestamp: string;
  subject: string;
  body: string;
  version: string | null;
}

/** The JSON shape of a commit in a list. */
export function toCommitJson(commit: Commit): CommitJson {
  return {
    checksum: commit.checksum,
    parent: commit.parent,
    timestamp: toIsoTime(commit.timestamp),
    subject: commit.subject,
    body: commit.body,
    version: commit.version,
  };
}

/** The lines that `ostree log` and `ostree show` print for a commit, safe on a terminal. */
export function describeCommit(commit: Commit): string[] {
  // A commit's year has four digits.
  const time = toIsoTime(commit.timestamp);
  const date = `${time.slice(0, 10)} ${time.slice(11, 19)} +0000`;
  return [
    `commit ${commit.checksum}`,
    ...(commit.parent ? [`Parent:  ${commit.parent}`] : []),
    `ContentChecksum:  ${commit.contentChecksum}`,
    `Date:  ${date}`,
    ...(commit.version === null ? [] : [`Version: ${escapeLine(commit.version)}`]),
    ...(commit.subject ? ['', ...indent(commit.subject)] : ['(no subject)']),
    ...(commit.body ? ['', ...indent(commit.body)] : []),
    '',
  ];
}

function indent(text: string): string[] {
  return escapeLines(text).map((line) => `    ${line}`);
}

/** Seconds since 1970 as ISO 8601 UTC; a date beyond what JavaScript can hold is given as its bounds. */
export function toIsoTime(seconds: number): string {
  return new Date(Math.min(seconds, 8.64e12) * 1000).toISOString();
}
