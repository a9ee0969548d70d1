import type { Metadata } from 'next';
import { Logo } from '@/components/layout/logo';
import { ButtonLink } from '@/components/ui/button';

export const metadata: Metadata = { title: 'Not found' };

/** For addresses that belong to no page at all. */
export default function NotFound() {
  return (
    <main id="main" className="grid min-h-dvh place-items-center p-4">
      <div className="grid max-w-[46ch] justify-items-center gap-3 text-center">
        <Logo />
        <h1 className="text-xl font-semibold">There is no such page</h1>
        <p className="text-muted">
          The address may be mistyped, or the thing it names was renamed or removed since the link was made.
        </p>
        <ButtonLink href="/" variant="primary">
          To the board
        </ButtonLink>
      </div>
    </main>
  );
}
