import Link from 'next/link';
import { FreezeLines } from '@/components/freezes/freeze-lines';
import { HoldLines } from '@/components/holds/hold-lines';
import { newPromotionHref } from '@/components/promotions/new-promotion-href';
import { keyLabel } from '@/components/stages/key-label';
import { commitPath, refPath, stagePath } from '@/components/stages/stage-paths';
import { SUMMARY_DRIFTS, stageState } from '@/components/stages/stage-state';
import { StageStateChip } from '@/components/stages/stage-state-chip';
import { Chip } from '@/components/ui/chip';
import { RelativeTime } from '@/components/ui/relative-time';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { BoardStageDto } from '@/lib/contracts/board';
import type { PromotionRowDto } from '@/lib/contracts/promotion';
import { type BoardEdge, shownRefs } from './arrange-board';
import { AskedFor } from './asked-for';
import { AutomaticChip } from './automatic-chip';

const REFS_MAX = 12;

type BoardRef = BoardStageDto['refs'][number];

function RefChip({ boardRef }: { boardRef: BoardRef }) {
  if (boardRef.isBroken)
    return (
      <Chip tone="bad" hasDot title="Its commit is missing or damaged. Run fsck on the repository.">
        broken
      </Chip>
    );
  if (boardRef.openPromotion !== null)
    return (
      <Link
        href={`/promotions/${boardRef.openPromotion}`}
        aria-label={`Promotion #${boardRef.openPromotion} into this ref`}
        className="rounded-full hover:brightness-95"
      >
        <Chip tone="wait" hasDot>
          #{boardRef.openPromotion}
        </Chip>
      </Link>
    );
  if (boardRef.isDrifted)
    return (
      <Chip tone="stale" hasDot title="Something other than Treeline moved it">
        changed outside
      </Chip>
    );
  if (boardRef.isNew)
    return (
      <Chip tone="run" hasDot title="The next stage has it not yet">
        new
      </Chip>
    );
  return null;
}

function RefRow({ stage, boardRef }: { stage: string; boardRef: BoardRef }) {
  const isHot = boardRef.isNew || boardRef.openPromotion !== null;
  return (
    <li
      className={`grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-2 gap-y-[5px] border-b border-line px-3.5 py-[7px] last:rounded-b-lg last:border-b-0 ${isHot ? 'bg-brand-soft' : ''}`}
    >
      <Link href={refPath(stage, boardRef.ref)} className="link min-w-0 font-mono text-sm break-words">
        <UnsafeText text={boardRef.ref} />
      </Link>
      <span className="justify-self-end">
        <RefChip boardRef={boardRef} />
      </span>
      <span className="flex min-w-0 flex-wrap items-baseline gap-x-1.5">
        {boardRef.version === null ? null : (
          <span className="min-w-0 font-semibold break-words">
            <UnsafeText text={boardRef.version} />
          </span>
        )}
        <Link
          href={commitPath(boardRef.checksum, stage)}
          title={boardRef.checksum}
          className="link font-mono text-sm text-faint hover:text-text"
        >
          {boardRef.checksum.slice(0, 10)}
        </Link>
      </span>
      <span className="justify-self-end text-faint">
        {boardRef.isBroken ? null : <RelativeTime iso={boardRef.timestamp} />}
      </span>
      <HoldLines holds={boardRef.holds} className="col-span-2 rounded-md px-2 py-1 text-sm" />
    </li>
  );
}

function StageMeta({ board }: { board: BoardStageDto }) {
  const { stage } = board;
  const isReadable = stage.problem === null;
  const signing = stage.keys.filter((key) => key.purpose === 'sign' && key.retiredAt === null);
  return (
    <div className="mt-[7px] flex flex-wrap gap-[5px]">
      {isReadable ? <Chip tone="none">{stage.mode}</Chip> : null}
      {signing.map((key) => (
        <Chip key={key.id} tone="none" title={`Signs with ${key.keyId}`}>
          {keyLabel(key)}
        </Chip>
      ))}
      {signing.length === 0 ? <Chip tone="none">no signing key</Chip> : null}
      {stage.collectionId === null ? null : (
        <Chip tone="none" title="Collection ID">
          <UnsafeText text={stage.collectionId} />
        </Chip>
      )}
      {isReadable ? (
        <Chip tone="none">
          {stage.refCount === 1 ? '1 ref' : `${stage.refCount.toLocaleString('en-GB')} refs`}
        </Chip>
      ) : null}
    </div>
  );
}

/** An edge that can't be drawn to the next card: one line in the card it leaves. */
function OtherEdge({ edge, words }: BoardEdge) {
  return (
    <p className="flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-muted">
      <span>
        to <b className="text-text">{edge.to}</b>: {[words.headline, words.detail].filter(Boolean).join(', ')}
      </span>
      <AutomaticChip automatic={edge.automatic} />
      <AskedFor numbers={words.asked} />
      {words.refs.length > 0 && edge.canRequest ? (
        <Link href={newPromotionHref(edge.id, words.refs)} className="link-inline">
          Promote<span className="sr-only"> to {edge.to}</span>
        </Link>
      ) : null}
    </p>
  );
}

export interface StageCardProps {
  board: BoardStageDto;
  otherEdges: BoardEdge[];
  inFlight: PromotionRowDto[];
}

/** What one stage holds: its state, its keys, and the head of each ref. */
export function StageCard({ board, otherEdges, inFlight }: StageCardProps) {
  const { stage, refs } = board;
  const shown = shownRefs(refs, REFS_MAX);
  const isRunning = inFlight.some(({ edge, state }) => edge.to === stage.name && state === 'running');
  return (
    <section aria-label={`Stage ${stage.name}`} className="min-w-0 rounded-lg border border-line bg-panel">
      <div className="border-b border-line px-3.5 pt-[11px] pb-[9px]">
        <div className="flex items-center gap-2">
          <h2 className="min-w-0 flex-1 text-md font-[650]">
            <Link href={stagePath(stage.name)} className="link">
              {stage.name}
            </Link>
          </h2>
          <StageStateChip state={stageState(stage, refs, inFlight)} />
        </div>
        <StageMeta board={board} />
        {otherEdges.length === 0 ? null : (
          <div className="mt-2 grid gap-1">
            {otherEdges.map(({ edge, words }) => (
              <OtherEdge key={edge.id} edge={edge} words={words} />
            ))}
          </div>
        )}
      </div>
      {stage.problem === null ? null : <p className="px-3.5 py-3 break-words text-bad">{stage.problem}</p>}
      <FreezeLines
        freeze={board.freeze}
        nextFreeze={board.nextFreeze}
        className="border-b border-line px-3.5 py-2"
      />
      {stage.unknownRun === null ? null : (
        <p role="status" className="border-b border-line bg-wait-soft px-3.5 py-3">
          #{stage.unknownRun.promotion} was published here <RelativeTime iso={stage.unknownRun.at} /> and is
          not on record: the database is older than this repository. What is here is what counts; nothing is
          done again.
        </p>
      )}
      {stage.summaryDrift === null || isRunning ? null : (
        <p role="status" className="border-b border-line bg-stale-soft px-3.5 py-2 break-words">
          {SUMMARY_DRIFTS[stage.summaryDrift]} The next promotion writes it anew.
        </p>
      )}
      {stage.problem === null && refs.length === 0 ? (
        <p className="px-3.5 py-4 text-muted">
          No refs yet. They appear when something is committed to the repository or promoted into it.
        </p>
      ) : null}
      <ul>
        {shown.map((boardRef) => (
          <RefRow key={boardRef.ref} stage={stage.name} boardRef={boardRef} />
        ))}
      </ul>
      {refs.length > shown.length ? (
        <p className="border-t border-line px-3.5 py-2">
          <Link href={stagePath(stage.name)} className="link-inline">
            All {refs.length.toLocaleString('en-GB')} refs
          </Link>
        </p>
      ) : null}
    </section>
  );
}
