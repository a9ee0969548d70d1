import { Field } from '@/components/ui/field';
import { Select } from '@/components/ui/select';
import type { FormerCommitsDto } from '@/lib/contracts/commit';

export interface EdgeRulesFieldProps {
  /** Edges that could bring all of the refs; null until they are known. */
  edges: FormerCommitsDto['edges'] | null;
  value: string;
  onChange: (edge: string) => void;
}

/** Under whose rules it is asked for, where several edges bring the refs; nothing where there is no choice. */
export function EdgeRulesField({ edges, value, onChange }: EdgeRulesFieldProps) {
  if (edges === null || edges.length < 2) return null;
  return (
    <Field
      label="Under the rules of"
      hint="Several edges bring these refs here. Who has to approve is what this one says."
    >
      {(control) => (
        <Select {...control} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="">Choose an edge…</option>
          {edges.map(({ id, from, to }) => (
            <option key={id} value={id}>
              {from} → {to}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}
