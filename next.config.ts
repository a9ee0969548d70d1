import type { NextConfig } from 'next';
import { commonHeaders } from './lib/http/common-headers';

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // `npm run typecheck` checks the types, of tests and scripts too; a build must not do it once more.
  typescript: { ignoreBuildErrors: true },
  // A folder of its own lets a test server and a build run beside each other.
  distDir: process.env.NEXT_DIST_DIR ?? '.next',
  // A build is made once for each state of the sources: to write 130 MB that the next one may read takes a quarter of it.
  experimental: { turbopackFileSystemCacheForBuild: false },
  // Those of pages, which need a nonce besides, are set in lib/cli/product/page-headers.ts.
  headers: async () => [
    {
      source: '/api/:path*',
      headers: Object.entries(commonHeaders).map(([key, value]) => ({ key, value })),
    },
  ],
  // Native addons and WebAssembly loaded by path: they must stay outside the bundle.
  serverExternalPackages: [
    '@node-rs/argon2',
    '@libsql/client',
    'libsql',
    '@prisma/client',
    '@prisma/adapter-libsql',
    '@prisma/adapter-pg',
    '@prisma/schema-engine-wasm',
    'koffi',
    'pg',
    'pino',
  ],
};

export default config;
