import { Button } from '@/components/ui/button';
import { Select } from '@/components/ui/select';
import type { ApprovalRule } from '@/lib/contracts/policy';

export interface ApprovalRulesFieldProps {
  rules: readonly ApprovalRule[];
  /** Names of all groups. */
  groups: readonly string[];
  error?: string | null;
  onChange: (rules: ApprovalRule[]) => void;
}

/** The value that stands for all reviewers: no group can be called so. */
const ANYBODY = '*';

/** The rules that all have to be satisfied, a line each: how many, and of which group. */
export function ApprovalRulesField({ rules, groups, error, onChange }: ApprovalRulesFieldProps) {
  const free = [null, ...groups].filter((group) => !rules.some((rule) => rule.group === group));
  const [next] = free.slice(free.length > 1 && free[0] === null ? 1 : 0);
  const change = (at: number, part: Partial<ApprovalRule>) =>
    onChange(rules.map((rule, index) => (index === at ? { ...rule, ...part } : rule)));
  return (
    <fieldset className="grid gap-1.5" aria-describedby={error ? 'approval-rules-error' : undefined}>
      <legend className="mb-1 font-medium">Approvals</legend>
      {rules.map((rule, at) => (
        <div key={rule.group ?? ANYBODY} className="flex items-center gap-2">
          <span className="w-16 shrink-0">
            <Select
              aria-label={`Rule ${at + 1}: how many`}
              value={rule.required}
              onChange={(event) => change(at, { required: Number(event.target.value) })}
            >
              {[1, 2, 3, 4, 5].map((count) => (
                <option key={count}>{count}</option>
              ))}
            </Select>
          </span>
          <span className="text-muted">of</span>
          <Select
            aria-label={`Rule ${at + 1}: of which group`}
            className="min-w-0 flex-1"
            value={rule.group ?? ANYBODY}
            onChange={(event) =>
              change(at, { group: event.target.value === ANYBODY ? null : event.target.value })
            }
          >
            {[null, ...groups]
              .filter((group) => group === rule.group || free.includes(group))
              .map((group) => (
                <option key={group ?? ANYBODY} value={group ?? ANYBODY}>
                  {group ?? 'all reviewers'}
                </option>
              ))}
          </Select>
          {rules.length === 1 ? null : (
            <Button
              size="sm"
              variant="ghost"
              aria-label={`Remove rule ${at + 1}`}
              onClick={() => onChange(rules.filter((_, index) => index !== at))}
            >
              Remove
            </Button>
          )}
        </div>
      ))}
      <p className="text-sm text-muted">
        All of them, by people other than the one who asked.
        {groups.length === 0 ? ' Groups are made under Settings, Groups.' : ''}
      </p>
      {next === undefined || rules.length >= 10 ? null : (
        <Button
          size="sm"
          className="justify-self-start"
          onClick={() => onChange([...rules, { group: next, required: 1 }])}
        >
          Add a rule
        </Button>
      )}
      {error ? (
        <p id="approval-rules-error" className="text-sm text-bad">
          {error}
        </p>
      ) : null}
    </fieldset>
  );
}
