import { describe, expect, it } from 'vitest';
import { ApiProblem } from '@/lib/query/api';
import { splitProblem } from './problem-fields';

function refusal(fields?: Record<string, string>): ApiProblem {
  return new ApiProblem({
    type: 'about:blank',
    title: 'Conflict',
    status: 409,
    code: 'name-taken',
    detail: 'taken',
    fields,
  });
}

describe('splitProblem', () => {
  it('leaves nothing to say where each fault has its field', () => {
    expect(splitProblem(refusal({ name: 'is taken' }), ['name'])).toEqual({
      fields: { name: 'Is taken' },
      rest: null,
    });
  });
  it('counts the entries of a list to their field', () => {
    expect(splitProblem(refusal({ 'refGlobs.2': 'is no glob' }), ['refGlobs']).fields).toEqual({
      refGlobs: 'Is no glob',
    });
  });
  it.each([
    ['a fault of a field that the form lacks', refusal({ other: 'x', name: 'y' })],
    ['a refusal without fields', refusal()],
    ['another error', new Error('x')],
  ])('keeps %s', (_name, error) => {
    expect(splitProblem(error, ['name']).rest).toBe(error);
  });
});
