'use client';

import { useState } from 'react';
import { useNow } from '@/components/ui/now-provider';
import { readNotBefore } from './not-before';

/** When it may begin: as it is typed, for the field, and as the API takes it. */
export function useNotBefore() {
  const [text, setText] = useState('');
  const { iso, error } = readNotBefore(text, useNow());
  return { iso, field: { text, error, onChange: setText } };
}
