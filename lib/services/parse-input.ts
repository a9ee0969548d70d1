import type { z } from 'zod';
import { AppError } from '../errors';

/** What an `input-invalid` error carries for `fields` of a problem: the path of an input field and what is wrong. */
export class InputInvalidError extends AppError {
  readonly fields: Readonly<Record<string, string>>;

  constructor(fields: Readonly<Record<string, string>>) {
    const [field, why] = Object.entries(fields)[0] ?? ['input', 'is not valid'];
    super('input-invalid', `${field === '' ? 'the input' : field}: ${why}`, { details: { field } });
    this.fields = fields;
  }
}

/**
 * `input` as `schema` has it. Services check what they are given though routes did: the command line and the
 * demo call them too, and a filter that isn't a string must never reach the database.
 *
 * @throws InputInvalidError with each field that is wrong
 */
export function parseInput<T extends z.ZodType>(schema: T, input: unknown): z.infer<T> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields: Record<string, string> = {};
  for (const issue of parsed.error.issues) {
    const path = issue.path.join('.');
    fields[path] ??= issue.message;
  }
  throw new InputInvalidError(fields);
}
