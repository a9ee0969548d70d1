import Link from 'next/link';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { commitPath } from './stage-paths';

export interface SubjectLinkProps {
  stage: string;
  commit: { checksum: string; subject: string };
}

/** A commit's subject in a list of commits, which leads to the commit. */
export function SubjectLink({ stage, commit }: SubjectLinkProps) {
  return (
    <Link href={commitPath(commit.checksum, stage)} className="link line-clamp-2">
      {commit.subject === '' ? (
        <span className="text-faint">no subject</span>
      ) : (
        <UnsafeText text={commit.subject} />
      )}
    </Link>
  );
}
