/** What can be wrong with a GVariant. A closed union: decide on it, never on the message. */
export type GVariantErrorCode =
  | 'type-invalid'
  | 'too-deep'
  | 'too-large'
  | 'too-many-values'
  | 'size-wrong'
  | 'offset-invalid'
  | 'offset-size-not-minimal'
  | 'padding-not-zero'
  | 'boolean-invalid'
  | 'double-invalid'
  | 'string-invalid'
  | 'variant-invalid'
  | 'maybe-invalid'
  | 'key-duplicate'
  | 'value-mismatch'
  | 'text-invalid';

/** Thrown by everything in `lib/gvariant`; callers that know the object wrap it into their own error. */
export class GVariantError extends Error {
  override readonly name = 'GVariantError';
  readonly code: GVariantErrorCode;

  constructor(code: GVariantErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}
