import type { BuildOptions } from 'esbuild';

export const MODULES: Required<Pick<BuildOptions, 'format' | 'external' | 'banner'>>;
