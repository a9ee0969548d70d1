'use client';

import { Dialog } from '@base-ui/react/dialog';
import { Menu as MenuIcon, Search, X } from 'lucide-react';
import Link from 'next/link';
import { type ReactNode, useState } from 'react';
import { Logo } from './logo';
import { MainNav, type NavStage } from './main-nav';
import { OPEN_PALETTE_EVENT } from './palette-event';

const ICON_BUTTON = 'grid size-9 place-items-center rounded-md text-muted hover:bg-hover hover:text-text';

export interface MobileBarProps {
  can: readonly string[];
  stages: NavStage[];
  /** The account menu, at the foot of the drawer. */
  account: ReactNode;
}

/** The navigation on narrow screens: a bar on top, and a drawer with the same links. */
export function MobileBar({ can, stages, account }: MobileBarProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <header className="sticky top-0 z-20 flex items-center gap-1 border-b border-line bg-sunken px-2 py-1.5 md:hidden">
      <Link href="/" aria-label="Treeline, to the board" className="rounded-md px-1.5 py-1">
        <Logo />
      </Link>
      <span className="flex-1" />
      <button
        type="button"
        aria-label="Search"
        className={ICON_BUTTON}
        onClick={() => window.dispatchEvent(new Event(OPEN_PALETTE_EVENT))}
      >
        <Search aria-hidden="true" className="size-[18px]" />
      </button>
      <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
        <Dialog.Trigger aria-label="Menu" className={ICON_BUTTON}>
          <MenuIcon aria-hidden="true" className="size-[18px]" />
        </Dialog.Trigger>
        <Dialog.Portal>
          <Dialog.Backdrop className="fixed inset-0 z-30 bg-overlay" />
          <Dialog.Popup className="fixed inset-y-0 right-0 z-40 flex w-[min(280px,86vw)] flex-col overflow-y-auto border-l border-line bg-sunken px-2.5 py-2 shadow-pop">
            <div className="mb-1 flex items-center">
              <Dialog.Title className="flex-1 px-2 text-md font-[650]">Menu</Dialog.Title>
              <Dialog.Close aria-label="Close menu" className={ICON_BUTTON}>
                <X aria-hidden="true" className="size-[18px]" />
              </Dialog.Close>
            </div>
            <MainNav can={can} stages={stages} onNavigate={() => setIsOpen(false)} />
            {account}
          </Dialog.Popup>
        </Dialog.Portal>
      </Dialog.Root>
    </header>
  );
}
