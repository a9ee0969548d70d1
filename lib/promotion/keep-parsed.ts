/** Texts that are kept with what they say, in characters of a text: a plan of one ref has some two thousand. */
const CHARACTERS_MAX = 4_000_000;

/**
 * `parse`, which is asked once for each text as long as the text is among the last used. What it gives is shared by all who
 * ask, so it is frozen: nobody changes for others what a plan says.
 */
export function keepParsed<T>(
  parse: (text: string) => T,
  charactersMax = CHARACTERS_MAX,
): (text: string) => T {
  const kept = new Map<string, T>();
  let characters = 0;
  return (text) => {
    let value = kept.get(text);
    if (value === undefined) {
      value = freeze(parse(text));
      characters += text.length;
    }
    // What was used last is at the end.
    kept.delete(text);
    kept.set(text, value);
    for (const oldest of kept.keys()) {
      if (characters <= charactersMax) break;
      kept.delete(oldest);
      characters -= oldest.length;
    }
    return value;
  };
}

/** Makes `value` and all that is in it unchangeable; bytes can't be. */
export function freeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value))
    return value;
  for (const inner of Object.values(value)) freeze(inner);
  return Object.freeze(value);
}
