'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useTransition } from 'react';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { useIsHydrated } from '@/components/ui/now-provider';
import { Select } from '@/components/ui/select';
import { type AuditFilter, auditSearch } from '@/lib/query/audit';
import { dayOf, endOfDay, startOfDay } from './day-range';

export interface AuditFilterBarProps {
  filter: AuditFilter;
  people: readonly string[];
  stages: readonly string[];
  kinds: readonly string[];
}

/** Which events are listed. The choice stands in the URL, so that it can be sent to someone. */
export function AuditFilterBar({ filter, people, stages, kinds }: AuditFilterBarProps) {
  const router = useRouter();
  const isHydrated = useIsHydrated();
  const [isBusy, startTransition] = useTransition();
  function change(part: Partial<AuditFilter>) {
    const search = auditSearch({ ...filter, ...part });
    startTransition(() => router.replace(search.size === 0 ? '/history' : `/history?${search}`));
  }
  const isFiltered = auditSearch(filter).size > 0;
  return (
    <search
      aria-label="Filter history"
      aria-busy={isBusy}
      className="grid grid-cols-2 items-end gap-2 sm:flex sm:flex-wrap"
    >
      <TextFilter label="Search" value={filter.text} onChange={(text) => change({ text })} />
      <TextFilter label="Ref" value={filter.ref} onChange={(ref) => change({ ref })} />
      <Choice
        label="Person"
        value={filter.person}
        options={people}
        onChange={(person) => change({ person })}
      />
      <Choice label="Stage" value={filter.stage} options={stages} onChange={(stage) => change({ stage })} />
      <Choice label="Kind" value={filter.kind} options={kinds} onChange={(kind) => change({ kind })} />
      <Labelled label="Promotion">
        <Input
          type="text"
          inputMode="numeric"
          aria-label="Promotion number"
          placeholder="any"
          defaultValue={filter.promotion ?? ''}
          key={filter.promotion ?? 'any'}
          className="sm:max-w-20"
          onBlur={(event) => changePromotion(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') changePromotion(event.currentTarget.value);
          }}
        />
      </Labelled>
      {/* The day of an instant depends on the reader's zone, which the server doesn't know. */}
      <Labelled label="From">
        <Input
          type="date"
          aria-label="From day"
          value={isHydrated ? dayOf(filter.since) : ''}
          onChange={(event) => change({ since: startOfDay(event.target.value) })}
        />
      </Labelled>
      <Labelled label="To">
        <Input
          type="date"
          aria-label="To day"
          value={isHydrated ? dayOf(filter.until) : ''}
          onChange={(event) => change({ until: endOfDay(event.target.value) })}
        />
      </Labelled>
      {isFiltered ? (
        <Button variant="ghost" onClick={() => startTransition(() => router.replace('/history'))}>
          Clear
        </Button>
      ) : null}
    </search>
  );

  function changePromotion(text: string) {
    const number = /^#?([1-9]\d{0,8})$/.exec(text.trim())?.[1];
    const promotion = number === undefined ? undefined : Number(number);
    if (promotion !== filter.promotion) change({ promotion });
  }
}

interface TextFilterProps {
  label: string;
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}

/** Searches when it is left or by Enter, not with each letter: each search is a page of its own. */
function TextFilter({ label, value, onChange }: TextFilterProps) {
  const commit = (text: string) => {
    const wanted = text.trim() === '' ? undefined : text.trim();
    if (wanted !== value) onChange(wanted);
  };
  return (
    <Labelled label={label}>
      <Input
        type="search"
        aria-label={label}
        placeholder="any"
        maxLength={200}
        defaultValue={value ?? ''}
        key={value ?? 'any'}
        className="sm:w-30"
        onBlur={(event) => commit(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit(event.currentTarget.value);
        }}
      />
    </Labelled>
  );
}

interface ChoiceProps {
  label: string;
  value: string | undefined;
  options: readonly string[];
  onChange: (value: string | undefined) => void;
}

function Choice({ label, value, options, onChange }: ChoiceProps) {
  // What the URL names is shown even where no event has it.
  const all = value === undefined || options.includes(value) ? options : [value, ...options];
  return (
    <Labelled label={label}>
      <Select
        aria-label={label}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? undefined : event.target.value)}
        className="sm:max-w-40"
      >
        <option value="">any</option>
        {all.map((option) => (
          <option key={option} value={option}>
            {option}
          </option>
        ))}
      </Select>
    </Labelled>
  );
}

function Labelled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="grid gap-0.5">
      <span aria-hidden="true" className="text-xs text-faint">
        {label}
      </span>
      {children}
    </div>
  );
}
