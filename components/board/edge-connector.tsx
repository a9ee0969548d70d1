import { newPromotionHref } from '@/components/promotions/new-promotion-href';
import { ButtonLink } from '@/components/ui/button';
import type { BoardEdge } from './arrange-board';
import { AskedFor } from './asked-for';
import { AutomaticChip } from './automatic-chip';

/** The arrow between two cards: to the right on wide screens, down on narrow ones. */
function Arrow({ isAhead }: { isAhead: boolean }) {
  const line = isAhead ? 'from-line-strong to-brand' : 'from-line-strong to-line-strong';
  const head = isAhead ? 'text-brand' : 'text-line-strong';
  return (
    <span aria-hidden="true" className={`flex shrink-0 flex-col items-center lg:w-full lg:flex-row ${head}`}>
      <i className={`h-7 w-0.5 bg-linear-to-b lg:h-0.5 lg:w-auto lg:flex-1 lg:bg-linear-to-r ${line}`} />
      <i className="border-x-5 border-t-8 border-x-transparent border-t-current lg:border-x-0 lg:border-y-5 lg:border-l-8 lg:border-y-transparent lg:border-l-current" />
    </span>
  );
}

function Edge({ edge, words }: BoardEdge) {
  return (
    <section
      aria-label={`Edge ${edge.from} to ${edge.to}`}
      className="flex min-w-0 items-center gap-2 text-xs text-muted lg:flex-col lg:text-center"
    >
      <Arrow isAhead={words.isAhead} />
      <div className="flex min-w-0 flex-wrap items-baseline gap-x-2 lg:flex-col lg:items-center lg:gap-y-1 lg:px-1">
        <strong className={words.isAhead ? 'text-text' : 'font-medium'}>{words.headline}</strong>
        {words.detail === '' ? null : <span>{words.detail}</span>}
        <AutomaticChip automatic={edge.automatic} />
        <AskedFor numbers={words.asked} />
      </div>
      {words.refs.length > 0 && edge.canRequest ? (
        <ButtonLink
          href={newPromotionHref(edge.id, words.refs)}
          variant="primary"
          size="sm"
          aria-label={`Promote from ${edge.from} to ${edge.to}`}
        >
          Promote
        </ButtonLink>
      ) : null}
    </section>
  );
}

/** Everything that leads from one card to the next; without an edge only the gap. */
export function EdgeConnector({ edges }: { edges: BoardEdge[] }) {
  if (edges.length === 0) return <div aria-hidden="true" className="h-4 shrink-0 lg:h-auto lg:w-6" />;
  return (
    <div className="flex shrink-0 flex-col justify-center gap-3 px-3.5 lg:w-[92px] lg:justify-start lg:gap-5 lg:px-0 lg:pt-[49px]">
      {edges.map(({ edge, words }) => (
        <Edge key={edge.id} edge={edge} words={words} />
      ))}
    </div>
  );
}
