'use client';

import { OPEN_PALETTE_EVENT } from './palette-event';

/** The search box look-alike in the page header: opens the palette. */
export function PaletteButton() {
  return (
    <button
      type="button"
      aria-keyshortcuts="Meta+K Control+K"
      onClick={() => window.dispatchEvent(new Event(OPEN_PALETTE_EVENT))}
      className="hidden w-[260px] items-center justify-between gap-3 rounded-md border border-line bg-sunken px-2.5 py-[5px] text-faint hover:border-line-strong hover:text-muted md:flex"
    >
      <span className="truncate">Jump to ref, stage, promotion</span>
      <kbd className="rounded-sm border border-b-2 border-line-strong px-[5px] text-xs text-muted">⌘K</kbd>
    </button>
  );
}
