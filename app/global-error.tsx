'use client';

import { Button } from '@/components/ui/button';
import './globals.css';

/** When even the frame could not be made: it brings its own document and follows the system's theme. */
export default function GlobalError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <html lang="en">
      <body>
        <title>Something went wrong · Treeline</title>
        <main className="grid min-h-dvh place-items-center p-4">
          <div className="grid max-w-[46ch] justify-items-center gap-3 text-center">
            <h1 className="text-xl font-semibold">Treeline could not make this page</h1>
            <p className="text-muted">
              The web process can’t reach its home folder or its database, or has met a fault. Its log says
              which. Nothing was changed.
            </p>
            <Button variant="primary" onClick={() => retry()}>
              Try again
            </Button>
          </div>
        </main>
      </body>
    </html>
  );
}
