import type { ReactNode } from 'react';
import { Logo } from '@/components/layout/logo';

export interface AuthFrameProps {
  title: string;
  children: ReactNode;
  /** Small print below the panel. */
  note?: ReactNode;
}

/** The frame of the two pages outside the shell: sign-in and change of password. */
export function AuthFrame({ title, children, note }: AuthFrameProps) {
  return (
    <main className="grid min-h-dvh content-center justify-items-center gap-4 bg-sunken px-3.5 py-10">
      <Logo />
      <section
        aria-labelledby="auth-title"
        className="w-full max-w-[360px] rounded-lg border border-line bg-panel px-5 pt-4 pb-5"
      >
        <h1 id="auth-title" className="mb-3.5 text-lg font-semibold">
          {title}
        </h1>
        {children}
      </section>
      {note === undefined ? null : <p className="max-w-[360px] text-center text-sm text-muted">{note}</p>}
    </main>
  );
}
