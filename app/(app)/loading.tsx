import { PageBody } from '@/components/layout/page-body';
import { Skeleton } from '@/components/ui/skeleton';

/** The shape of a page while it is on its way. */
export default function Loading() {
  return (
    <div aria-busy="true">
      <p role="status" className="sr-only">
        Loading
      </p>
      <div className="flex min-h-[52px] items-center border-b border-line bg-panel px-3.5 md:px-5">
        <Skeleton className="h-4 w-40" />
      </div>
      <PageBody>
        <div className="grid gap-4">
          {['one', 'two'].map((card) => (
            <div key={card} className="grid gap-3 rounded-lg border border-line bg-panel p-4">
              <Skeleton className="h-4 w-48" />
              <Skeleton className="h-3.5 w-full" />
              <Skeleton className="h-3.5 w-5/6" />
              <Skeleton className="h-3.5 w-2/3" />
            </div>
          ))}
        </div>
      </PageBody>
    </div>
  );
}
