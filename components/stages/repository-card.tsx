import Link from 'next/link';
import { Card } from '@/components/ui/card';
import { Chip } from '@/components/ui/chip';
import { CopyButton } from '@/components/ui/copy-button';
import { DefinitionList } from '@/components/ui/definition-list';
import { RelativeTime } from '@/components/ui/relative-time';
import { SignatureList } from '@/components/ui/signature-list';
import { UnsafeText } from '@/components/ui/unsafe-text';
import type { StageDto, StageKeyDto, StagePageDto } from '@/lib/contracts/stage';
import { stagePath } from './stage-paths';
import { SUMMARY_DRIFTS } from './stage-state';

function StageLinks({ names }: { names: string[] }) {
  if (names.length === 0) return <span className="text-muted">none</span>;
  return (
    <span className="flex flex-wrap gap-x-2">
      {[...new Set(names)].map((name) => (
        <Link key={name} href={stagePath(name)} className="link-inline">
          {name}
        </Link>
      ))}
    </span>
  );
}

/** Where the repository is, what kind it is, and which stages lead in and out. */
export function RepositoryCard({ page }: { page: StagePageDto }) {
  const { stage } = page;
  return (
    <Card title="Repository">
      <DefinitionList
        rows={[
          [
            'Path',
            <code key="path" className="text-sm break-all">
              {stage.repoPath}
            </code>,
          ],
          ['Mode', stage.problem === null ? stage.mode : null],
          [
            'Collection ID',
            stage.collectionId === null ? null : <UnsafeText key="id" text={stage.collectionId} />,
          ],
          ['Comes from', <StageLinks key="in" names={page.incoming.map(({ from }) => from)} />],
          ['Goes to', <StageLinks key="out" names={page.outgoing.map(({ to }) => to)} />],
          [
            'Published',
            stage.lastPublishedAt === null ? (
              'not by Treeline yet'
            ) : (
              <RelativeTime key="published" iso={stage.lastPublishedAt} />
            ),
          ],
        ]}
      />
    </Card>
  );
}

/** The summary that clients read first: whether it is there, right and signed. */
export function SummaryCard({ stage }: { stage: StageDto }) {
  const { summary } = stage;
  if (summary === null)
    return (
      <Card title="Summary">
        <p className="text-muted">
          {stage.summaryDrift === null
            ? 'There is none yet. The first promotion into this stage writes and signs it.'
            : `${SUMMARY_DRIFTS[stage.summaryDrift]} The next promotion writes it anew.`}
        </p>
      </Card>
    );
  return (
    <Card
      title="Summary"
      actions={
        stage.summaryDrift !== null ? (
          <Chip tone="stale" hasDot title={SUMMARY_DRIFTS[stage.summaryDrift]}>
            changed outside
          </Chip>
        ) : summary.isCurrent ? (
          <Chip tone="ok" hasDot>
            current
          </Chip>
        ) : (
          <Chip tone="wait" hasDot title="It names other commits than the refs do">
            out of date
          </Chip>
        )
      }
    >
      <DefinitionList
        rows={[
          [
            'Written',
            summary.lastModified === null ? null : <RelativeTime key="at" iso={summary.lastModified} />,
          ],
          ['Lists', summary.refCount === 1 ? '1 ref' : `${summary.refCount.toLocaleString('en-GB')} refs`],
          ['Signatures', <SignatureList key="signatures" signatures={summary.signatures} />],
        ]}
      />
    </Card>
  );
}

const PURPOSES: Record<StageKeyDto['purpose'], string> = { sign: 'signs', trust: 'trusted' };

/** The stage's keys, by their public half. */
export function KeysCard({ keys }: { keys: StageKeyDto[] }) {
  return (
    <Card title="Keys">
      {keys.length === 0 ? (
        <p className="text-muted">None yet. An admin generates or imports them in settings.</p>
      ) : (
        <ul className="grid gap-2">
          {keys.map((key) => (
            <li key={key.id} className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-2">
              <span className="flex flex-wrap items-center gap-1.5">
                <b className="font-semibold">{key.type === 'gpg' ? 'GPG' : 'ed25519'}</b>
                <Chip tone={key.retiredAt === null && key.purpose === 'sign' ? 'ok' : 'none'}>
                  {key.retiredAt === null ? PURPOSES[key.purpose] : 'retired'}
                </Chip>
                <span className="text-sm text-faint">
                  since <RelativeTime iso={key.createdAt} />
                </span>
              </span>
              <CopyButton text={key.keyId} label={key.type === 'gpg' ? 'fingerprint' : 'public key'} />
              <code className="col-span-2 text-xs break-all text-muted">{key.keyId}</code>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
