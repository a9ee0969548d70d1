import Link from 'next/link';
import { commitPath, comparePath, refPath } from '@/components/stages/stage-paths';
import { Card } from '@/components/ui/card';
import { Checksum } from '@/components/ui/checksum';
import { Chip } from '@/components/ui/chip';
import { CopyButton } from '@/components/ui/copy-button';
import { DefinitionList } from '@/components/ui/definition-list';
import { RelativeTime } from '@/components/ui/relative-time';
import { SignatureChip } from '@/components/ui/signature-chip';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { CommitDto } from '@/lib/contracts/commit';

/** What the commit object itself says. */
export function CommitCard({ commit }: { commit: CommitDto }) {
  return (
    <Card title="Commit">
      <DefinitionList
        rows={[
          ['Checksum', <Checksum key="checksum" value={commit.checksum} />],
          ['Committed', <RelativeTime key="at" iso={commit.timestamp} />],
          [
            'Parent',
            commit.parent === null ? (
              <span key="none" className="text-muted">
                none: the first of its history
              </span>
            ) : (
              <span key="parent" className="flex flex-wrap items-center gap-x-2">
                <Checksum value={commit.parent} href={commitPath(commit.parent, commit.stage)} />
                <Link
                  href={comparePath(commit.parent, commit.checksum)}
                  className="link-inline inline-flex min-h-6 items-center"
                >
                  What changed
                </Link>
              </span>
            ),
          ],
          ['Content', <Checksum key="content" value={commit.contentChecksum} />],
          ['Root dirtree', <Checksum key="dirtree" value={commit.rootDirtree} />],
          ['Root dirmeta', <Checksum key="dirmeta" value={commit.rootDirmeta} />],
          [
            'Bound to',
            commit.refBindings === null ? (
              <span key="unbound" className="text-muted">
                no ref
              </span>
            ) : (
              <span key="bound" className="grid font-mono text-sm">
                {commit.refBindings.map((ref) => (
                  <UnsafeText key={ref} text={ref} />
                ))}
              </span>
            ),
          ],
          [
            'Collection',
            commit.collectionBinding === null ? null : (
              <UnsafeText key="collection" text={commit.collectionBinding} />
            ),
          ],
        ]}
      />
    </Card>
  );
}

/** Who signed the commit, and whether each signature holds. */
export function SignaturesCard({ commit }: { commit: CommitDto }) {
  return (
    <Card title="Signatures">
      {commit.signatures.length === 0 ? (
        <p className="text-muted">
          Nobody has signed this commit. A promotion signs it with the target stage’s keys.
        </p>
      ) : (
        <ul className="grid gap-2">
          {commit.signatures.map((signature, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: two signatures may be alike in all but their place.
            <li key={index} className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-2">
              <span>
                <SignatureChip signature={signature} />
              </span>
              {signature.key === null ? null : (
                <CopyButton
                  text={signature.key}
                  label={signature.type === 'gpg' ? 'fingerprint' : 'public key'}
                />
              )}
              {signature.key === null ? (
                <p className="col-span-2 text-sm text-muted">By a key that no stage knows.</p>
              ) : (
                <code className="col-span-2 text-xs break-all text-muted">{signature.key}</code>
              )}
            </li>
          ))}
        </ul>
      )}
      <p className="mt-2.5 text-sm text-faint">Checked against the keys of {commit.stage}.</p>
    </Card>
  );
}

/** Where the commit stands: as the head of a ref, or in a ref's history. */
export function StandsOnCard({ commit }: { commit: CommitDto }) {
  if (commit.standsOn.length === 0) return null;
  return (
    <Card title="Stands on">
      <ul className="grid gap-1.5">
        {commit.standsOn.map(({ stage, ref, isHead }) => (
          <li key={`${stage} ${ref}`} className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
            <Chip tone={isHead ? 'ok' : 'none'} hasDot={isHead}>
              {stage}
            </Chip>
            <Link href={refPath(stage, ref)} className="link min-w-0 font-mono text-sm break-words">
              <UnsafeText text={ref} />
            </Link>
            <span className="text-sm text-faint">{isHead ? 'head' : 'in its history'}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** All metadata of the commit, as GVariant text. */
export function MetadataCard({ commit }: { commit: CommitDto }) {
  return (
    <Card title="Metadata">
      {commit.metadata.length === 0 ? (
        <p className="text-muted">There is none.</p>
      ) : (
        <dl className="grid gap-2">
          {commit.metadata.map((row) => (
            <div key={row.key} className="grid min-w-0">
              <dt className="flex items-baseline gap-1.5 font-mono text-sm text-muted">
                <span className="min-w-0 break-all">
                  <UnsafeText text={row.key} />
                </span>
                <span className="text-xs text-faint" title="GVariant type">
                  {row.type}
                </span>
              </dt>
              <dd className="max-h-40 overflow-y-auto font-mono text-sm break-all">
                <UnsafeText text={row.value} />
              </dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}
