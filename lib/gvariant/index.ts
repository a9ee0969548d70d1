export { compareUtf8 } from './compare-utf8';
export { type Dict, dictFromValue, dictToValue, parseDict, serializeDict, sortedDictValue } from './dict';
export { GVariantError, type GVariantErrorCode } from './error';
export { type ParseOptions, parseVariant, TupleReader } from './parse';
export { parseVariantText } from './parse-text';
export { printVariant } from './print';
export { type SerializeOptions, serializeVariant } from './serialize';
export type { Endian, Just, Value, Variant } from './value';
