import { type RollbackKind, RollbackText } from './rollback-text';

const KIND_NAMES: Record<RollbackKind, string> = { 'roll-forward': 'Roll forward', reset: 'Reset' };
const KINDS = ['roll-forward', 'reset'] as const satisfies readonly RollbackKind[];

export interface RollbackKindPickerProps {
  stage: string;
  value: RollbackKind;
  onChange: (kind: RollbackKind) => void;
}

/** Which of the two ways back, each with what devices will make of it. */
export function RollbackKindPicker({ stage, value, onChange }: RollbackKindPickerProps) {
  return (
    <fieldset>
      <legend className="mb-1.5 font-medium">Which way back</legend>
      <div className="grid gap-2 md:grid-cols-2">
        {KINDS.map((kind) => (
          <div
            key={kind}
            className="rounded-md border border-field bg-panel has-checked:border-brand has-checked:bg-brand-soft has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-focus"
          >
            <label className="flex min-h-8 cursor-pointer items-center gap-2 rounded-md px-3 pt-2.5 pb-1.5">
              <input
                type="radio"
                name="kind"
                value={kind}
                checked={kind === value}
                onChange={() => onChange(kind)}
                aria-describedby={`rollback-${kind}`}
                className="size-3.5 accent-brand outline-none"
              />
              <span className="font-semibold">{KIND_NAMES[kind]}</span>
            </label>
            <div id={`rollback-${kind}`} className="px-3 pb-2.5">
              <RollbackText kind={kind} stage={stage} />
            </div>
          </div>
        ))}
      </div>
    </fieldset>
  );
}
