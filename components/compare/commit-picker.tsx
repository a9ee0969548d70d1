'use client';

import { useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useId, useState } from 'react';
import { comparePath } from '@/components/stages/stage-paths';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { boardOptions } from '@/lib/query/board';
import { headsOf, parseRev } from './parse-rev';

const NOT_FOUND =
  'No stage has a ref or a commit by that name. Choose from the list, or paste a whole checksum.';

/** The name by which a checksum is shown in the box: a head's where it is one. */
function nameOf(checksum: string | null, heads: ReturnType<typeof headsOf>): string {
  if (checksum === null) return '';
  return heads.find((head) => head.checksum === checksum)?.name ?? checksum;
}

export interface CommitPickerProps {
  from: string | null;
  to: string | null;
}

/** Chooses two commits by stage and ref, or by checksum. */
export function CommitPicker({ from, to }: CommitPickerProps) {
  const router = useRouter();
  const listId = useId();
  const { data: board } = useQuery(boardOptions);
  const heads = headsOf(board);
  const [typedFrom, setTypedFrom] = useState<string | null>(null);
  const [typedTo, setTypedTo] = useState<string | null>(null);
  const [isChecked, setIsChecked] = useState(false);
  const textFrom = typedFrom ?? nameOf(from, heads);
  const textTo = typedTo ?? nameOf(to, heads);
  const revFrom = textFrom.trim() === '' ? null : parseRev(textFrom, heads);
  const revTo = parseRev(textTo, heads);
  const errorFrom = textFrom.trim() !== '' && revFrom === null ? NOT_FOUND : null;
  const errorTo =
    revTo === null ? (textTo.trim() === '' ? 'Choose the commit to look at.' : NOT_FOUND) : null;

  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    setIsChecked(true);
    if (errorFrom !== null || revTo === null) return;
    setTypedFrom(null);
    setTypedTo(null);
    setIsChecked(false);
    router.push(comparePath(revFrom, revTo));
  };

  return (
    <Card label="Commits to compare">
      <form onSubmit={onSubmit} className="grid items-start gap-3 md:grid-cols-[1fr_1fr_auto]">
        <Field label="From" hint="Empty compares with an empty tree." error={isChecked ? errorFrom : null}>
          {(control) => (
            <Input
              {...control}
              list={listId}
              value={textFrom}
              onChange={(event) => setTypedFrom(event.target.value)}
              placeholder="stage:ref or checksum"
              autoComplete="off"
              spellCheck={false}
              className="font-mono text-sm"
            />
          )}
        </Field>
        <Field label="To" error={isChecked ? errorTo : null}>
          {(control) => (
            <Input
              {...control}
              list={listId}
              value={textTo}
              onChange={(event) => setTypedTo(event.target.value)}
              placeholder="stage:ref or checksum"
              autoComplete="off"
              spellCheck={false}
              className="font-mono text-sm"
            />
          )}
        </Field>
        <Button type="submit" variant="primary" className="md:mt-[23px]">
          Compare
        </Button>
        <datalist id={listId}>
          {heads.map((head) => (
            <option key={head.name} value={head.name}>
              {head.note}
            </option>
          ))}
        </datalist>
      </form>
    </Card>
  );
}
