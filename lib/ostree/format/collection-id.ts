/** D-Bus interface-name grammar, which is what a collection ID must follow (ostree_validate_collection_id). */
const PATTERN = /^[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)+$/;

export function isCollectionId(text: string): boolean {
  return text.length <= 255 && PATTERN.test(text);
}
