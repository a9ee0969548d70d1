'use client';

import { useState } from 'react';
import type { z } from 'zod';

/** A reason that is being typed: what `<ReasonField>` shows, and how it is read when the form is sent. */
export function useReason(schema: z.ZodType<string>) {
  const [value, setValue] = useState('');
  const [error, setError] = useState<string | null>(null);
  return {
    field: {
      value,
      error,
      onChange: (text: string) => {
        setValue(text);
        setError(null);
      },
    },
    /** The reason as it is sent; null where it can't be, which the field then says. */
    read(): string | null {
      const parsed = schema.safeParse(value);
      if (!parsed.success) setError('Say why, in a few words.');
      return parsed.success ? parsed.data : null;
    },
  };
}
