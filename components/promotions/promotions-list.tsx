'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Button, ButtonLink } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Problem } from '@/components/ui/problem';
import type { ListPromotionsInput } from '@/lib/contracts/promotion';
import { promotionListOptions } from '@/lib/query/promotions';
import { PromotionsTable } from './promotions-table';

export interface PromotionsListProps {
  filter: Omit<ListPromotionsInput, 'cursor'>;
  canRequest: boolean;
}

/** Promotions as the filter of the URL has them, newest first, renewed while they are looked at. */
export function PromotionsList({ filter, canRequest }: PromotionsListProps) {
  const list = useInfiniteQuery({
    ...promotionListOptions(filter),
    // Someone who reads further back is not read again page by page.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : 10_000),
  });
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <div className="grid gap-4">
      <Problem error={list.error} retry={() => void list.refetch()} />
      <Card isFlush>
        {rows.length > 0 ? (
          <PromotionsTable label="Promotions" rows={rows} />
        ) : list.isPending || list.isError ? null : isFiltered ? (
          <EmptyState
            title="No promotion is like this"
            action={<ButtonLink href="/promotions">Show all</ButtonLink>}
          >
            Choose another state or stage.
          </EmptyState>
        ) : (
          <EmptyState
            title="Nothing has been promoted yet"
            action={
              canRequest ? (
                <ButtonLink variant="primary" href="/promotions/new">
                  New promotion
                </ButtonLink>
              ) : (
                <ButtonLink href="/">To the board</ButtonLink>
              )
            }
          >
            A promotion moves refs from one stage to the next. A release manager asks for it, a reviewer
            approves it.
          </EmptyState>
        )}
      </Card>
      {list.hasNextPage ? (
        <Button
          className="justify-self-center"
          isBusy={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          Show older ones
        </Button>
      ) : null}
    </div>
  );
}
