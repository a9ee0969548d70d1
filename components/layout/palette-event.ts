/** Dispatched on `window` by whatever wants the palette to open. */
export const OPEN_PALETTE_EVENT = 'treeline:open-palette';
/** Dispatched on `window` by whatever wants the list of keyboard shortcuts to open. */
export const OPEN_SHORTCUTS_EVENT = 'treeline:open-shortcuts';
