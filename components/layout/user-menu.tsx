'use client';

import { Menu } from '@base-ui/react/menu';
import { Check, ChevronsUpDown } from 'lucide-react';
import Link from 'next/link';
import { signOut } from 'next-auth/react';
import { useState } from 'react';
import { ROLES } from '@/components/settings/role-names';
import type { MeDto } from '@/lib/contracts/person';
import { OPEN_SHORTCUTS_EVENT } from './palette-event';
import { applyTheme, currentTheme, type Theme } from './theme';

const ITEM =
  'flex min-h-7 w-full items-center gap-2 rounded-sm px-2 py-1 text-left outline-none select-none data-highlighted:bg-hover';
const THEMES: ReadonlyArray<readonly [Theme, string]> = [
  ['system', 'As the system'],
  ['light', 'Light'],
  ['dark', 'Dark'],
];

function ThemeChoice() {
  const [theme, setTheme] = useState<Theme>(currentTheme);
  return (
    <Menu.RadioGroup
      aria-label="Theme"
      value={theme}
      onValueChange={(value: Theme) => {
        applyTheme(value);
        setTheme(value);
      }}
    >
      {THEMES.map(([value, label]) => (
        <Menu.RadioItem key={value} value={value} closeOnClick={false} className={ITEM}>
          <span className="grid size-3.5 place-items-center">
            <Menu.RadioItemIndicator>
              <Check aria-hidden="true" className="size-3.5" />
            </Menu.RadioItemIndicator>
          </span>
          {label}
        </Menu.RadioItem>
      ))}
    </Menu.RadioGroup>
  );
}

/** Who is signed in; opens theme, shortcuts, password and sign-out. */
export function UserMenu({ me }: { me: MeDto }) {
  const [isLeaving, setIsLeaving] = useState(false);
  return (
    <Menu.Root>
      <Menu.Trigger
        aria-label={`${me.displayName}: account menu`}
        className="flex min-h-8 w-full items-center gap-2 rounded-md px-2 py-1.5 text-left text-muted hover:bg-hover hover:text-text data-popup-open:bg-hover data-popup-open:text-text"
      >
        <span className="min-w-0 flex-1 truncate">{me.displayName}</span>
        <ChevronsUpDown aria-hidden="true" className="size-3.5 shrink-0 text-faint" />
      </Menu.Trigger>
      <Menu.Portal>
        <Menu.Positioner side="top" align="start" sideOffset={6} className="z-50 outline-none">
          <Menu.Popup className="w-56 rounded-lg border border-line-strong bg-panel p-1 shadow-pop outline-none">
            <div className="px-2 pt-1.5 pb-2">
              <p className="font-semibold">{me.displayName}</p>
              <p className="text-sm text-muted">
                {me.name}, {ROLES[me.role].name}
              </p>
              {me.stageRoles.map(({ stage, role }) => (
                <p key={stage} className="text-sm text-muted">
                  {ROLES[role].name} for {stage}
                </p>
              ))}
            </div>
            <Menu.Separator className="-mx-1 my-1 h-px bg-line" />
            <p className="px-2 py-1 text-xs text-faint">Theme</p>
            <ThemeChoice />
            <Menu.Separator className="-mx-1 my-1 h-px bg-line" />
            <Menu.Item className={ITEM} onClick={() => window.dispatchEvent(new Event(OPEN_SHORTCUTS_EVENT))}>
              Keyboard shortcuts
            </Menu.Item>
            <Menu.LinkItem className={ITEM} closeOnClick render={<Link href="/change-password" />}>
              Change password
            </Menu.LinkItem>
            <Menu.Item
              className={ITEM}
              closeOnClick={false}
              onClick={() => {
                setIsLeaving(true);
                void signOut({ callbackUrl: '/sign-in' }).catch(() => setIsLeaving(false));
              }}
            >
              {isLeaving ? 'Signing out…' : 'Sign out'}
            </Menu.Item>
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
