/** Dispatched on `window` by whatever wants the palette to open. */
export const OPEN_PALETTE_EVENT = 'treeline:open-palette';
