/** The calls that a provider's document lists, as `METHOD /path`, in the order of the alphabet. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export function documentedCalls(kind: string): readonly string[] {
  const path = join(import.meta.dirname, `../../../../docs/dns-providers/${kind}.md`);
  const rows = readFileSync(path, "utf8").matchAll(/^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`/gm);
  return Array.from(rows, ([, call = ""]) => call).sort();
}

/** What else it names, such as permissions: the first group of each match, each once, in the order of the alphabet. */
export function documentedNames(kind: string, pattern: RegExp): readonly string[] {
  const path = join(import.meta.dirname, `../../../../docs/dns-providers/${kind}.md`);
  const found = readFileSync(path, "utf8").matchAll(pattern);
  return [...new Set(Array.from(found, ([, name = ""]) => name))].sort();
}
