import type { BoardDto } from '@/lib/contracts/board';
import type { PromotionRowDto } from '@/lib/contracts/promotion';
import { isOffered, NAV_ITEMS, NEW_PROMOTION_ITEM, SETTINGS_ITEM } from './nav-items';

/** One place that the palette can go to. */
export interface PaletteEntry {
  href: string;
  group: 'Pages' | 'Stages' | 'Refs' | 'Promotions' | 'Commits';
  label: string;
  /** Quiet words at the right; they are searched too. */
  note: string;
}

/** What the palette can find of the board: stages, and each stage's refs. */
function entriesOfBoard(board: BoardDto): PaletteEntry[] {
  const stages = board.stages.map(
    ({ stage }): PaletteEntry => ({
      href: `/stages/${stage.name}`,
      group: 'Stages',
      label: stage.name,
      note: `${stage.refCount} refs`,
    }),
  );
  const refs = board.stages.flatMap(({ stage, refs: own }) =>
    own.map(
      (ref): PaletteEntry => ({
        href: `/stages/${stage.name}/refs/${ref.ref.split('/').map(encodeURIComponent).join('/')}`,
        group: 'Refs',
        label: ref.ref,
        note: [stage.name, ref.version].filter(Boolean).join(' '),
      }),
    ),
  );
  return [...stages, ...refs];
}

/**
 * Everything the palette offers to someone who may do `can`.
 * @param board undefined while it is not read yet
 */
export function paletteEntries(
  can: readonly string[],
  board: BoardDto | undefined,
  promotions: readonly PromotionRowDto[],
): PaletteEntry[] {
  const pages = [...NAV_ITEMS, NEW_PROMOTION_ITEM, SETTINGS_ITEM]
    .filter((item) => isOffered(item, can))
    .map(
      (item): PaletteEntry => ({
        href: item.href,
        group: 'Pages',
        label: item.label,
        note: `g ${item.chord}`,
      }),
    );
  const rows = promotions.map(
    (row): PaletteEntry => ({
      href: `/promotions/${row.number}`,
      group: 'Promotions',
      label: `#${row.number} ${row.title}`,
      note: row.stateText,
    }),
  );
  return [...pages, ...(board === undefined ? [] : entriesOfBoard(board)), ...rows];
}
