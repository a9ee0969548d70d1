import { createRequire } from 'node:module';

/**
 * Where every command begins. The plumbing is built into one file of its own, which holds the packages that it needs:
 * loading it costs a third of what loading a module after the other costs, and scripts call it a thousand times.
 */
if (process.argv[2] === 'repo') createRequire(import.meta.url)('./plumbing.cjs');
else await import('./porcelain');
