// `@/…` for dependency-cruiser, which cannot read it from tsconfig.json without an older TypeScript.
const { resolve } = require('node:path');

module.exports = { resolve: { alias: { '@': resolve(__dirname, '..') } } };
