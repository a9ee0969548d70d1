'use client';

import { X } from 'lucide-react';
import Link from 'next/link';
import { refPath } from '@/components/stages/stage-paths';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { AnotherRefSelect } from './another-ref-select';

export interface RemovalRefsCardProps {
  stage: string;
  refs: readonly string[];
  /** Other refs of the stage that could go along. */
  others: readonly string[];
  onChange: (refs: string[]) => void;
}

/** The refs that are to go. */
export function RemovalRefsCard({ stage, refs, others, onChange }: RemovalRefsCardProps) {
  return (
    <Card title={refs.length === 1 ? 'What goes' : `${refs.length} refs go`} isFlush>
      <ul>
        {refs.map((ref) => (
          <li
            key={ref}
            className="flex min-w-0 items-start gap-2 border-b border-line px-3.5 py-2.5 last:border-b-0"
          >
            <Link href={refPath(stage, ref)} className="link min-w-0 flex-1 font-mono text-sm break-all">
              <UnsafeText text={ref} />
            </Link>
            {refs.length > 1 ? (
              <Button
                variant="ghost"
                size="sm"
                aria-label={`Leave ${ref} where it is`}
                onClick={() => onChange(refs.filter((each) => each !== ref))}
              >
                <X aria-hidden="true" className="size-3.5" />
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      <AnotherRefSelect
        label="Remove another ref as well"
        others={others}
        onChoose={(ref) => onChange([...refs, ref])}
      />
    </Card>
  );
}
