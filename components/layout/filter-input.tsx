'use client';

import { X } from 'lucide-react';
import { Input } from '@/components/ui/input';

export interface FilterInputProps {
  value: string;
  onChange: (value: string) => void;
  /** What is filtered: "Filter refs". */
  label: string;
  /** Said after each change: "12 of 400 shown". */
  result: string;
}

/** A box that filters as one types. Escape empties it. */
export function FilterInput({ value, onChange, label, result }: FilterInputProps) {
  return (
    <div className="relative w-full sm:w-60">
      <Input
        type="text"
        inputMode="search"
        aria-label={label}
        placeholder={label}
        autoComplete="off"
        spellCheck={false}
        value={value}
        className="pr-8"
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') onChange('');
        }}
      />
      {value === '' ? null : (
        <button
          type="button"
          aria-label="Clear the filter"
          onClick={() => onChange('')}
          className="absolute top-1/2 right-1 grid size-6 -translate-y-1/2 place-items-center rounded-sm text-faint hover:text-text"
        >
          <X aria-hidden="true" className="size-3.5" />
        </button>
      )}
      <span role="status" className="sr-only">
        {value === '' ? '' : result}
      </span>
    </div>
  );
}
