import type { HeaderChanges } from "../http-route.ts";

/**
 * The headers with the changes made in the order set, add, remove; the ones given stay as they are.
 *
 * An added value goes behind one that is there, as `old,new`. Range: names in lower case on both sides. For a header
 * that may not be joined, which is only `set-cookie`, change the platform's own headers instead.
 */
export function changeHeaders(
  headers: Readonly<Record<string, string>>,
  changes: HeaderChanges | undefined,
): Record<string, string> {
  // A map, because `__proto__` is a header name by grammar.
  const changed = new Map(Object.entries(headers));
  for (const { name, value } of changes?.set ?? []) changed.set(name, value);
  for (const { name, value } of changes?.add ?? []) {
    const old = changed.get(name);
    changed.set(name, old === undefined ? value : `${old},${value}`);
  }
  for (const name of changes?.remove ?? []) changed.delete(name);
  return Object.fromEntries(changed);
}
