/**
 * A message as the services word it, `only reviewers decide`, as a sentence of its own. What may be a name,
 * `os/amd64/stable` or `/srv/dev`, keeps its first letter.
 */
export function asSentence(message: string): string {
  const text = message.trim();
  if (text === '') return '';
  const begun = /^[a-z’']+(?=[\s,;:]|$)/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
  return /[.!?…]$/.test(begun) ? begun : `${begun}.`;
}
