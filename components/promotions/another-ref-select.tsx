import { Select } from '@/components/ui/select';

export interface AnotherRefSelectProps {
  label: string;
  /** Refs that could be taken along; without any there is nothing to choose. */
  others: readonly string[];
  onChoose: (ref: string) => void;
}

/** Takes one more ref of the stage along. */
export function AnotherRefSelect({ label, others, onChoose }: AnotherRefSelectProps) {
  if (others.length === 0) return null;
  return (
    <p className="border-t border-line px-3.5 py-2">
      <Select
        aria-label={label}
        value=""
        onChange={(event) => onChoose(event.target.value)}
        className="max-w-full"
      >
        <option value="">{label}…</option>
        {others.map((ref) => (
          <option key={ref} value={ref}>
            {ref}
          </option>
        ))}
      </Select>
    </p>
  );
}
