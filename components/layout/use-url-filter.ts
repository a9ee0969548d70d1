'use client';

import { usePathname, useSearchParams } from 'next/navigation';
import { useCallback, useState } from 'react';

/**
 * A filter that lives in the URL: typed text is shown at once and kept in `?name=` without a request, so
 * that a reload or a shared link shows the same.
 * @returns the value, and a setter; an empty value leaves the URL
 */
export function useUrlFilter(name: string): [string, (value: string) => void] {
  const searchParams = useSearchParams();
  const pathname = usePathname();
  const inUrl = searchParams.get(name) ?? '';
  const [typed, setTyped] = useState(inUrl);
  const [seen, setSeen] = useState(inUrl);
  // Someone went back or followed a link: the URL is right.
  if (seen !== inUrl) {
    setSeen(inUrl);
    if (inUrl !== typed) setTyped(inUrl);
  }
  const set = useCallback(
    (value: string) => {
      setTyped(value);
      const search = new URLSearchParams(window.location.search);
      if (value === '') search.delete(name);
      else search.set(name, value);
      const text = search.toString();
      window.history.replaceState(null, '', text === '' ? pathname : `${pathname}?${text}`);
    },
    [name, pathname],
  );
  return [typed, set];
}
