/** A message as the services word it, `only reviewers decide`, as a sentence of its own. */
export function asSentence(message: string): string {
  const text = message.trim();
  if (text === '') return '';
  const begun = text.charAt(0).toUpperCase() + text.slice(1);
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
