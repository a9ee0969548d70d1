import { describeEvent } from '../audit/event-kinds';
import type { Actor } from '../auth/actor';
import { authorise } from '../auth/permissions';
import {
  type AuditPageDto,
  type AuditRowDto,
  type ListAuditInput,
  listAuditSchema,
} from '../contracts/audit';
import { type AuditEventRow, type AuditFilter, findAuditEvents } from '../db/audit-event';
import type { Reader } from '../db/client';
import { followLog } from './audit-chain';
import { nextNumberCursor, parseNumberCursor } from './cursor';
import { parseInput } from './parse-input';
import type { ServiceContext } from './service-context';

const PAGE_SIZE = 50;
/** A search by what is shown reads so many events at a time, and stops after so many until it is asked to go on. */
const SEARCH_PAGE_SIZE = 1_000;
const SEARCHED_MAX = 20_000;

/**
 * The audit log, newest first, with what it can be filtered by and whether the whole chain holds. A `text` or a `ref` is
 * looked for among the newest 20,000 events of the rest of the filter; `nextCursor` goes on from there.
 */
export async function listAudit(
  ctx: ServiceContext,
  actor: Actor,
  input: ListAuditInput,
): Promise<AuditPageDto> {
  authorise(actor, 'audit.read');
  const filter = parseInput(listAuditSchema, input);
  const beforeSeq = parseNumberCursor(filter.cursor);
  const where: AuditFilter = {
    ...(filter.person !== undefined && { actorName: filter.person }),
    ...(filter.stage !== undefined && { stageName: filter.stage }),
    ...(filter.kind !== undefined && { kind: filter.kind }),
    ...(filter.promotion !== undefined && { promotionNumber: filter.promotion }),
    ...(filter.since !== undefined && { since: new Date(filter.since) }),
    ...(filter.until !== undefined && { until: new Date(filter.until) }),
    ...(beforeSeq !== null && { beforeSeq }),
  };
  const [page, { chain, people, kinds }] = await Promise.all([
    ctx.atHead().then((db) => findPage(db, where, matcherOf(filter))),
    followLog(ctx),
  ]);
  return { ...page, chain, people: [...people].sort(), kinds: [...kinds].sort() };
}

type Matcher = (shown: AuditRowDto, row: AuditEventRow) => boolean;

/** Null where nothing is to be searched for. */
function matcherOf({ text = '', ref = '' }: ListAuditInput): Matcher | null {
  const [wanted, wantedRef] = [text.trim().toLowerCase(), ref.trim().toLowerCase()];
  if (wanted === '' && wantedRef === '') return null;
  return (shown, row) => {
    const { actor, text: line, ref: about, stage, kind } = shown;
    const all = [actor, line, about ?? '', stage ?? '', kind].join(' ').toLowerCase();
    // An event about several refs names them in its data.
    return all.includes(wanted) && (about ?? row.dataJson).toLowerCase().includes(wantedRef);
  };
}

type FoundPage = Pick<AuditPageDto, 'items' | 'nextCursor'>;

async function findPage(db: Reader, where: AuditFilter, matches: Matcher | null): Promise<FoundPage> {
  if (matches === null) {
    const rows = await findAuditEvents(db, where, PAGE_SIZE + 1);
    const items = rows.slice(0, PAGE_SIZE).map(auditRowDto);
    return { items, nextCursor: nextNumberCursor(rows.length > PAGE_SIZE, items.at(-1)?.seq) };
  }
  const items: AuditRowDto[] = [];
  let { beforeSeq } = where;
  for (let searched = 0; searched < SEARCHED_MAX; searched += SEARCH_PAGE_SIZE) {
    const filter = { ...where, ...(beforeSeq !== undefined && { beforeSeq }) };
    const rows = await findAuditEvents(db, filter, SEARCH_PAGE_SIZE);
    for (const row of rows) {
      const item = auditRowDto(row);
      if (!matches(item, row)) continue;
      items.push(item);
      if (items.length === PAGE_SIZE) return { items, nextCursor: nextNumberCursor(true, item.seq) };
    }
    if (rows.length < SEARCH_PAGE_SIZE) return { items, nextCursor: null };
    beforeSeq = rows.at(-1)?.seq;
  }
  return { items, nextCursor: nextNumberCursor(true, beforeSeq) };
}

/** An event as the history shows it. */
export function auditRowDto(row: AuditEventRow): AuditRowDto {
  const about = { stage: row.stageName, ref: row.ref, promotion: row.promotionNumber };
  return {
    seq: row.seq,
    at: row.at.toISOString(),
    kind: row.kind,
    actor: row.actorName,
    text: describeEvent(row.kind, row.dataJson, about),
    ...about,
    hash: row.hash,
  };
}
