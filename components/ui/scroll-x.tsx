'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';

export interface ScrollXProps {
  /** What scrolls, named for those who reach it by keyboard. */
  label: string;
  className?: string;
  children: ReactNode;
}

/**
 * Scrolls its content sideways. Only while there is something to scroll is it a group that takes the
 * focus, so that the arrow keys work; otherwise it adds no stop to the tab order. Its content never widens
 * what is around it.
 */
export function ScrollX({ label, className, children }: ScrollXProps) {
  const ref = useRef<HTMLDivElement>(null);
  const [isScrollable, setIsScrollable] = useState(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return;
    const measure = () => setIsScrollable(element.scrollWidth > element.clientWidth + 1);
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    measure();
    return () => observer.disconnect();
  }, []);
  const region = isScrollable ? { role: 'group', tabIndex: 0, 'aria-label': label } : {};
  return (
    <div
      ref={ref}
      {...region}
      className={`relative min-w-0 overflow-x-auto contain-inline-size focus-visible:-outline-offset-2 ${className ?? ''}`}
    >
      {children}
    </div>
  );
}
