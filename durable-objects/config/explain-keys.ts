/**
 * Public keys of explain tickets that edges are told of. They are not part of a version's content: restoring an old version
 * must not bring back a key that was replaced since.
 */
import { EXPLAIN_KEYS_MAX } from "../../routing/explain/ticket.ts";
import type { Documents } from "../storage/documents.ts";

const NAME = "explain-keys";

export interface ExplainKeys {
  /** Newest first, at most `EXPLAIN_KEYS_MAX`. */
  list(): readonly string[];
  /** The oldest makes room. Call it inside a transaction. */
  add(key: string): void;
}

export function explainKeys(documents: Documents): ExplainKeys {
  const list = () => (documents.read(NAME) as readonly string[] | null) ?? [];
  return {
    list,
    add: (key) => documents.write(NAME, [key, ...list()].slice(0, EXPLAIN_KEYS_MAX)),
  };
}
