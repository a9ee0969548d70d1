import Link from 'next/link';
import type { ReactNode } from 'react';
import type { MeDto } from '@/lib/contracts/person';
import { EmergencyReminder } from './emergency-reminder';
import { Logo } from './logo';
import { MainNav, type NavStage } from './main-nav';
import { MobileBar } from './mobile-bar';
import { Palette } from './palette';
import { Shortcuts } from './shortcuts';
import { UserMenu } from './user-menu';

export interface AppShellProps {
  me: MeDto;
  stages: NavStage[];
  children: ReactNode;
}

/** The frame of every page for people who are signed in. */
export function AppShell({ me, stages, children }: AppShellProps) {
  return (
    <>
      <a
        href="#main"
        className="fixed top-2 left-2 z-50 -translate-y-20 rounded-md bg-brand px-3 py-1.5 font-medium text-brand-ink focus:translate-y-0"
      >
        Skip to content
      </a>
      <div className="min-h-dvh md:grid md:grid-cols-[208px_minmax(0,1fr)]">
        <header className="hidden border-r border-line bg-sunken md:block">
          <div className="sticky top-0 flex h-dvh flex-col gap-0.5 overflow-y-auto px-2.5 py-3.5">
            <Link href="/" aria-label="Treeline, to the board" className="mb-2.5 rounded-md px-2 py-0.5">
              <Logo />
            </Link>
            <MainNav can={me.can} stages={stages} />
            <UserMenu me={me} />
          </div>
        </header>
        <MobileBar can={me.can} stages={stages} account={<UserMenu me={me} />} />
        <main id="main" tabIndex={-1} className="min-w-0 outline-none">
          <EmergencyReminder />
          {children}
        </main>
      </div>
      <Palette me={me} />
      <Shortcuts can={me.can} />
    </>
  );
}
