'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useState } from 'react';
import { Checkbox } from '@/components/ui/checkbox';
import { Dialog } from '@/components/ui/dialog';
import { isOffered, NAV_ITEMS, NEW_PROMOTION_ITEM, SETTINGS_ITEM } from './nav-items';
import { OPEN_SHORTCUTS_EVENT } from './palette-event';

const ALL_ITEMS = [...NAV_ITEMS, NEW_PROMOTION_ITEM, SETTINGS_ITEM];
/** Letters that follow `g` later than this are no chord. */
const CHORD_MS = 1200;
/** Set to `off` by those whose speech input or keyboard makes letters by accident (WCAG 2.1.4). */
const STORAGE_KEY = 'treeline-letter-shortcuts';

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest('input, textarea, select, [role="dialog"], [role="menu"]') !== null
  );
}

function areLettersOn(): boolean {
  try {
    return localStorage.getItem(STORAGE_KEY) !== 'off';
  } catch {
    // Storage may be refused by the browser's settings: the shortcuts then stay as they are by default.
    return true;
  }
}

function Key({ children }: { children: string }) {
  return (
    <kbd className="rounded-sm border border-b-2 border-line-strong px-1.5 text-xs text-muted">
      {children}
    </kbd>
  );
}

/** Listens for `g` chords and `?`, and shows the list of shortcuts. */
export function Shortcuts({ can }: { can: readonly string[] }) {
  const router = useRouter();
  const items = useMemo(() => ALL_ITEMS.filter((item) => isOffered(item, can)), [can]);
  const [isOpen, setIsOpen] = useState(false);
  const [isOn, setIsOn] = useState(true);

  useEffect(() => {
    let startedAt = 0;
    const open = () => {
      setIsOn(areLettersOn());
      setIsOpen(true);
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || event.isComposing || isTyping(event.target))
        return;
      if (!areLettersOn()) return;
      if (event.key === '?') return open();
      if (event.key === 'g') {
        startedAt = event.timeStamp;
        return;
      }
      const item = items.find(({ chord }) => chord === event.key);
      if (item !== undefined && startedAt > 0 && event.timeStamp - startedAt < CHORD_MS) {
        event.preventDefault();
        router.push(item.href);
      }
      startedAt = 0;
    };
    window.addEventListener('keydown', onKey);
    window.addEventListener(OPEN_SHORTCUTS_EVENT, open);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener(OPEN_SHORTCUTS_EVENT, open);
    };
  }, [router, items]);

  return (
    <Dialog title="Keyboard shortcuts" isOpen={isOpen} onClose={() => setIsOpen(false)}>
      <dl className="grid grid-cols-[minmax(0,1fr)_auto] gap-x-4 gap-y-1.5">
        <dt>Jump to a page, stage, ref, promotion or commit</dt>
        <dd className="flex gap-1">
          <Key>⌘K</Key> <Key>Ctrl K</Key>
        </dd>
        {items.map((item) => (
          <div key={item.href} className="contents">
            <dt>{item.label}</dt>
            <dd className="flex gap-1">
              <Key>g</Key> <Key>{item.chord}</Key>
            </dd>
          </div>
        ))}
        <dt>This list</dt>
        <dd>
          <Key>?</Key>
        </dd>
      </dl>
      <Checkbox
        className="mt-4 border-t border-line pt-3"
        label="Letters are shortcuts"
        hint="Switch this off if your keyboard or speech input sets them off by accident. ⌘K stays."
        checked={isOn}
        onChange={(event) => {
          setIsOn(event.target.checked);
          localStorage.setItem(STORAGE_KEY, event.target.checked ? 'on' : 'off');
        }}
      />
    </Dialog>
  );
}
