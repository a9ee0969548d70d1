import { CircleCheck, OctagonX, TriangleAlert } from 'lucide-react';
import { asSentence } from '@/components/ui/as-sentence';
import { SignatureChip } from '@/components/ui/signature-chip';
import { Size } from '@/components/ui/size';
import { UnsafeText } from '@/components/ui/unsafe-text';
import { VisuallyHidden } from '@/components/ui/visually-hidden';
import type { SignatureDto } from '@/lib/contracts/scalars';
import type { InspectionDto } from '@/lib/contracts/stage';

type Level = InspectionDto['findings'][number]['level'];

const RANK: Record<Level, number> = { problem: 0, warning: 1, ok: 2 };

/** What looking at a repository found: findings, then the facts behind them. */
export function InspectionReport({ inspection }: { inspection: InspectionDto }) {
  const findings = [...inspection.findings].sort((a, b) => RANK[a.level] - RANK[b.level]);
  return (
    <div className="grid gap-3">
      <ul className="grid gap-1.5" aria-label="Findings">
        {findings.map((finding) => (
          <li key={finding.text} className="grid grid-cols-[16px_1fr] gap-2">
            <LevelIcon level={finding.level} />
            <span className={`min-w-0 break-words ${finding.level === 'problem' ? 'text-bad' : ''}`}>
              <UnsafeText text={asSentence(finding.text)} />
            </span>
          </li>
        ))}
      </ul>
      <dl className="grid gap-x-3 gap-y-1.5 sm:grid-cols-[132px_1fr]">
        <dt className="text-muted">Repo mode</dt>
        <dd>{inspection.mode}</dd>
        <dt className="text-muted">Collection ID</dt>
        <dd>{inspection.collectionId === null ? 'none' : <UnsafeText text={inspection.collectionId} />}</dd>
        <dt className="text-muted">Refs</dt>
        <dd>
          <RefNames refs={inspection.refs} />
        </dd>
        <dt className="text-muted">Commits signed</dt>
        <dd>
          <Signatures signatures={inspection.commitSignatures} none="by nobody" />
        </dd>
        <dt className="text-muted">Summary</dt>
        <dd>
          {inspection.hasSummary ? (
            <Signatures signatures={inspection.summarySignatures} none="there, unsigned" />
          ) : (
            'none yet'
          )}
        </dd>
        <dt className="text-muted">Owner</dt>
        <dd>
          user {inspection.ownerUid},{' '}
          {inspection.isWritable ? 'writable for Treeline' : 'not writable for Treeline'}
        </dd>
        <dt className="text-muted">Free space</dt>
        <dd>
          <Size bytes={inspection.freeBytes} />
        </dd>
        {inspection.neighbours.map((neighbour) => (
          <Neighbour key={neighbour.stage} neighbour={neighbour} />
        ))}
      </dl>
    </div>
  );
}

function LevelIcon({ level }: { level: Level }) {
  const className = 'mt-[1.5px] size-4';
  switch (level) {
    case 'ok':
      return (
        <span>
          <CircleCheck aria-hidden="true" className={`${className} text-ok`} />
          <VisuallyHidden>Good:</VisuallyHidden>
        </span>
      );
    case 'warning':
      return (
        <span>
          <TriangleAlert aria-hidden="true" className={`${className} text-wait`} />
          <VisuallyHidden>Warning:</VisuallyHidden>
        </span>
      );
    case 'problem':
      return (
        <span>
          <OctagonX aria-hidden="true" className={`${className} text-bad`} />
          <VisuallyHidden>Problem:</VisuallyHidden>
        </span>
      );
  }
}

/** So many refs are named; the rest is a number. */
const REFS_SHOWN = 12;

function RefNames({ refs }: { refs: InspectionDto['refs'] }) {
  if (refs.length === 0) return 'none yet';
  const shown = refs.slice(0, REFS_SHOWN);
  return (
    <ul>
      {shown.map((entry) => (
        <li key={entry.ref} className="break-all">
          <code className="text-sm">
            <UnsafeText text={entry.ref} />
          </code>
          {entry.isPromotable ? null : <span className="text-muted"> (shown, can’t be promoted)</span>}
        </li>
      ))}
      {refs.length > shown.length ? (
        <li className="text-muted">and {(refs.length - shown.length).toLocaleString('en-GB')} more</li>
      ) : null}
    </ul>
  );
}

function Signatures({ signatures, none }: { signatures: readonly SignatureDto[]; none: string }) {
  if (signatures.length === 0) return none;
  return (
    <ul className="grid gap-1">
      {signatures.map((signature) => (
        <li
          key={`${signature.type} ${signature.key} ${signature.state}`}
          className="flex flex-wrap items-center gap-1.5"
        >
          <SignatureChip signature={signature} />
          <code className="min-w-0 text-sm break-all text-muted">
            {signature.key ?? 'key not known here'}
          </code>
        </li>
      ))}
    </ul>
  );
}

function Neighbour({ neighbour }: { neighbour: InspectionDto['neighbours'][number] }) {
  return (
    <>
      <dt className="text-muted">With {neighbour.stage}</dt>
      <dd className="break-words">
        {neighbour.willLink ? 'objects are linked' : 'objects are copied'}
        {neighbour.why === '' ? null : (
          <span className="text-muted">
            : <UnsafeText text={neighbour.why} />
          </span>
        )}
      </dd>
    </>
  );
}
