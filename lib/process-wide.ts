const store = globalThis as { [key: symbol]: unknown };

/**
 * What is in this process once, however many copies of a module it has: Next bundles pages and route handlers apart, each with
 * modules of its own. It is for what is remembered of an object that both use, such as the open database.
 *
 * @param name the same in each copy of the module, and no other's
 * @param make makes it, for the copy that comes first
 */
export function processWide<T>(name: string, make: () => T): T {
  const key = Symbol.for(`treeline.${name}`);
  if (!(key in store)) store[key] = make();
  return store[key] as T;
}
