import type { Database } from './client';

/**
 * Takes `count` requests from the window of a token: one statement, so that nothing is held while anybody waits. Where the
 * row is of a later window, since clocks differ, they are taken from that: a window never begins twice.
 *
 * @param of.window which one since 1970
 * @returns the window that they were taken from, and how many it has given out with these, which may be more than it has
 */
export async function takeTokenUses(
  db: Database,
  of: { tokenId: string; window: number; count: number },
): Promise<{ window: number; taken: number }> {
  const rows = await db.$queryRaw<{ window: number | bigint; taken: number | bigint }[]>`
    INSERT INTO "TokenUse" ("tokenId", "window", "taken") VALUES (${of.tokenId}, ${of.window}, ${of.count})
    ON CONFLICT ("tokenId") DO UPDATE SET
      "taken" = CASE WHEN excluded."window" > "TokenUse"."window" THEN 0 ELSE "TokenUse"."taken" END
        + excluded."taken",
      "window" = CASE WHEN excluded."window" > "TokenUse"."window" THEN excluded."window"
        ELSE "TokenUse"."window" END
    RETURNING "window", "taken"`;
  const [row] = rows;
  if (!row) throw new Error(`no row of the token ${of.tokenId} came back`);
  return { window: Number(row.window), taken: Number(row.taken) };
}
