import type { NextConfig } from 'next';

const config: NextConfig = {
  poweredByHeader: false,
  reactStrictMode: true,
  // Native addons and WebAssembly loaded by path: they must stay outside the bundle.
  serverExternalPackages: [
    '@node-rs/argon2',
    '@libsql/client',
    'libsql',
    '@prisma/client',
    '@prisma/adapter-libsql',
    '@prisma/schema-engine-wasm',
    'koffi',
    'pino',
  ],
};

export default config;
