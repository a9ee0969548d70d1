'use client';

import { Dialog } from '@base-ui/react/dialog';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useId, useMemo, useState } from 'react';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { MeDto } from '@/lib/contracts/person';
import { boardOptions, placesOptions } from '@/lib/query/board';
import { type PaletteEntry, paletteEntries } from './palette-entries';
import { OPEN_PALETTE_EVENT } from './palette-event';
import { rankEntries } from './rank-entries';

interface PaletteListProps {
  listId: string;
  entries: PaletteEntry[];
  active: number;
  onHover: (index: number) => void;
  onChoose: (entry: PaletteEntry) => void;
}

// It must return nothing: React takes what a ref callback returns for its clean-up.
function showInList(element: HTMLElement | null): void {
  element?.scrollIntoView({ block: 'nearest' });
}

function PaletteList({ listId, entries, active, onHover, onChoose }: PaletteListProps) {
  return (
    <div id={listId} role="listbox" aria-label="Places" className="max-h-[50vh] overflow-y-auto p-1">
      {entries.map((entry, index) => {
        const isActive = index === active;
        const isFirstOfGroup = entries[index - 1]?.group !== entry.group;
        return (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the input keeps the focus and takes the keys.
          <div
            key={`${entry.group} ${entry.href}`}
            id={`${listId}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={isActive}
            ref={isActive ? showInList : undefined}
            onPointerMove={() => onHover(index)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => onChoose(entry)}
            className={`flex cursor-pointer items-center gap-3 rounded-md px-2.5 py-1.5 ${isActive ? 'bg-brand-soft' : ''}`}
          >
            <span className="w-20 shrink-0 text-xs text-faint">{isFirstOfGroup ? entry.group : ''}</span>
            <span className={`min-w-0 flex-1 truncate ${entry.group === 'Refs' ? 'font-mono text-sm' : ''}`}>
              <UnsafeText text={entry.label} />
            </span>
            <span className="min-w-0 shrink truncate text-sm text-muted">
              <UnsafeText text={entry.note} />
            </span>
          </div>
        );
      })}
    </div>
  );
}

function PaletteBody({ me, onClose }: { me: MeDto; onClose: () => void }) {
  const router = useRouter();
  const listId = useId();
  const [query, setQuery] = useState('');
  const [active, setActive] = useState(0);
  const client = useQueryClient();
  const board = useQuery({
    ...placesOptions,
    placeholderData: () => client.getQueryData(boardOptions.queryKey),
  });
  const entries = useMemo(
    () => rankEntries(paletteEntries(me.can, board.data, board.data?.inFlight ?? []), query),
    [me.can, board.data, query],
  );
  const current = Math.min(active, Math.max(0, entries.length - 1));
  const choose = (entry: PaletteEntry | undefined) => {
    if (entry === undefined) return;
    onClose();
    router.push(entry.href);
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    const last = entries.length - 1;
    if (event.key === 'ArrowDown') setActive(current >= last ? 0 : current + 1);
    else if (event.key === 'ArrowUp') setActive(current <= 0 ? Math.max(0, last) : current - 1);
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) choose(entries[current]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        // biome-ignore lint/a11y/noAutofocus: the palette is opened in order to type.
        autoFocus
        role="combobox"
        aria-label="Jump to"
        aria-expanded={entries.length > 0}
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={entries.length === 0 ? undefined : `${listId}-${current}`}
        placeholder="Page, stage, ref, #promotion or checksum"
        autoComplete="off"
        spellCheck={false}
        value={query}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
        className="w-full border-b border-line bg-transparent px-4 py-3 text-md outline-none"
      />
      <PaletteList listId={listId} entries={entries} active={current} onHover={setActive} onChoose={choose} />
      <p role="status" className={entries.length === 0 ? 'px-4 pt-1 pb-5 text-center text-muted' : 'sr-only'}>
        {entries.length > 0
          ? `${entries.length} places`
          : board.isPending
            ? 'Reading stages and refs…'
            : 'Nothing by that name. Try a part of a ref, a whole checksum, or #42.'}
      </p>
    </>
  );
}

/** ⌘K: jumps to a page, stage, ref, promotion or commit. */
export function Palette({ me }: { me: MeDto }) {
  const [isOpen, setIsOpen] = useState(false);
  useEffect(() => {
    const open = () => setIsOpen(true);
    const onKey = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() !== 'k' || !(event.metaKey || event.ctrlKey) || event.shiftKey) return;
      event.preventDefault();
      setIsOpen((was) => !was);
    };
    window.addEventListener('keydown', onKey);
    window.addEventListener(OPEN_PALETTE_EVENT, open);
    return () => {
      window.removeEventListener('keydown', onKey);
      window.removeEventListener(OPEN_PALETTE_EVENT, open);
    };
  }, []);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-overlay" />
        <Dialog.Popup
          aria-label="Jump to"
          className="fixed top-[12vh] left-1/2 z-50 w-[min(620px,calc(100vw-24px))] -translate-x-1/2 overflow-hidden rounded-lg border border-line-strong bg-panel shadow-pop"
        >
          <PaletteBody me={me} onClose={() => setIsOpen(false)} />
          <Dialog.Close className="sr-only">Close</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
