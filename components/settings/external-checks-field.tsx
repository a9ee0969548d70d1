import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/input';
import { Select } from '@/components/ui/select';
import { checkNameSchema, type ExternalCheck } from '@/lib/contracts/edge-checks';

export interface ExternalChecksFieldProps {
  checks: readonly ExternalCheck[];
  error?: string | null;
  onChange: (checks: ExternalCheck[]) => void;
}

const CHECKS_MAX = 20;

/** The checks that programs report, a line each: its name, and whether the run waits for it. */
export function ExternalChecksField({ checks, error, onChange }: ExternalChecksFieldProps) {
  const change = (at: number, part: Partial<ExternalCheck>) =>
    onChange(checks.map((check, index) => (index === at ? { ...check, ...part } : check)));
  const describedBy = error ? 'external-checks-error' : undefined;
  return (
    <fieldset className="grid gap-1.5" aria-describedby={describedBy}>
      <legend className="mb-1 font-medium">External checks</legend>
      {checks.map((check, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the name changes while it is typed, and may be there twice.
        <div key={at} className="flex items-center gap-2">
          <Input
            aria-label={`Check ${at + 1}: name`}
            aria-invalid={error && isWrong(checks, at) ? true : undefined}
            aria-describedby={describedBy}
            className="min-w-0 flex-1 font-mono text-sm"
            autoCapitalize="none"
            autoComplete="off"
            spellCheck={false}
            value={check.name}
            onChange={(event) => change(at, { name: event.target.value })}
          />
          <span className="w-28 shrink-0">
            <Select
              aria-label={`Check ${at + 1}: what it does`}
              value={check.level}
              onChange={(event) =>
                change(at, { level: event.target.value === 'required' ? 'required' : 'advisory' })
              }
            >
              <option value="required">required</option>
              <option value="advisory">advisory</option>
            </Select>
          </span>
          <Button
            size="sm"
            variant="ghost"
            aria-label={`Remove check ${at + 1}`}
            onClick={() => onChange(checks.filter((_, index) => index !== at))}
          >
            Remove
          </Button>
        </div>
      ))}
      <p className="text-sm text-muted">
        Programs report them by a token, on each promotion. An approved run waits until the required ones have
        passed.
      </p>
      {checks.length >= CHECKS_MAX ? null : (
        <Button
          size="sm"
          className="justify-self-start"
          onClick={() => onChange([...checks, { name: '', level: 'required' }])}
        >
          Add a check
        </Button>
      )}
      {error ? (
        <p id="external-checks-error" className="text-sm text-bad">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}

/** Whether the name at that place is none, or is there twice: the focus goes to it. */
function isWrong(checks: readonly ExternalCheck[], at: number): boolean {
  const name = checks[at]?.name.trim() ?? '';
  const isTwice = checks.some((check, index) => index !== at && check.name.trim() === name);
  return isTwice || !checkNameSchema.safeParse(name).success;
}
