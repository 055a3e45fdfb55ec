/** The way back from what was read: data that has what the record has and counts every look at something else. */
import { joinedPath, type Leaves, OBJECT } from "./reads.ts";
import { viewOf } from "./watched.ts";

export interface Looks {
  /** At something that the record has. */
  found(path: string): void;
  /** At something else; it is answered with `undefined`. */
  missed(path: string): void;
}

export function played<T extends object>(leaves: Leaves, looks: Looks, path = ""): T {
  const inner = new Map<string, object>();
  const look = (key: string): unknown => {
    const at = joinedPath(path, key);
    if (!leaves.has(at)) {
      looks.missed(at);
      return undefined;
    }
    looks.found(at);
    const leaf = leaves.get(at);
    if (leaf !== OBJECT) return leaf;
    const known = inner.get(key) ?? played(leaves, looks, at);
    inner.set(key, known);
    return known;
  };
  return new Proxy(
    {},
    viewOf(look, () => childrenOf(leaves, path)),
  ) as T;
}

function childrenOf(leaves: Leaves, path: string): readonly string[] {
  const start = path === "" ? "" : `${path}.`;
  return [...leaves.keys()]
    .filter((leaf) => leaf.startsWith(start) && !leaf.slice(start.length).includes("."))
    .map((leaf) => leaf.slice(start.length));
}
