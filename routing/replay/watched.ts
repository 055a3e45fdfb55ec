/**
 * Plain data that tells what is read of it. Whoever is given it instead of the data sees no difference.
 *
 * A property of a class may be computed, and is then read from the object itself, so private fields work.
 */
import { joinedPath, type Leaf, leafOf } from "./reads.ts";

type Note = (path: string, leaf: Leaf) => void;

/** Cost: about 0.2 µs a read. Only what is reached through the answer is noted; symbols never are. */
export function watched<T extends object>(source: T, note: Note, path = ""): T {
  const inner = new Map<string, object>();
  const look = (key: string): unknown => {
    const value: unknown = Reflect.get(source, key, source);
    const at = joinedPath(path, key);
    note(at, leafOf(value));
    if (typeof value !== "object" || value === null) return value;
    const known = inner.get(key) ?? watched(value, note, at);
    inner.set(key, known);
    return known;
  };
  // An empty object stands in for the source: of a frozen one a proxy may not answer anything but what it holds.
  return new Proxy(
    {},
    viewOf(look, () => Reflect.ownKeys(source)),
  ) as T;
}

/** An object of which every look is answered by a function. */
export const viewOf = (
  look: (key: string) => unknown,
  keys: () => readonly (string | symbol)[],
): ProxyHandler<object> => ({
  get: (_, key) => (typeof key === "string" ? look(key) : undefined),
  has: (_, key) => keys().includes(key),
  ownKeys: () => [...keys()],
  getOwnPropertyDescriptor: (_, key) =>
    typeof key === "string" && keys().includes(key)
      ? { configurable: true, enumerable: true, value: look(key) }
      : undefined,
});
