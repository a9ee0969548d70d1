import { PageBody } from '@/components/layout/page-body';
import { PageHeader } from '@/components/layout/page-header';
import { ButtonLink } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

/** For a stage, ref, commit or promotion that is not there. */
export default function NotFound() {
  return (
    <>
      <PageHeader crumbs={[{ label: 'Not found' }]} />
      <PageBody>
        <h1 className="sr-only">Not found</h1>
        <EmptyState
          title="There is nothing here by that name"
          action={
            <ButtonLink href="/" variant="primary">
              To the board
            </ButtonLink>
          }
        >
          <p>
            The stage, ref or commit may have been removed, or the address is mistyped. The palette (⌘K) finds
            what there is.
          </p>
        </EmptyState>
      </PageBody>
    </>
  );
}
