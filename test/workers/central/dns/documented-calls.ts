/** The calls that a provider's document lists, as `METHOD /path`, in the order of the alphabet. */
import { readFileSync } from "node:fs";
import { join } from "node:path";

export function documentedCalls(kind: string): readonly string[] {
  const path = join(import.meta.dirname, `../../../../docs/dns-providers/${kind}.md`);
  const rows = readFileSync(path, "utf8").matchAll(/^\| `((?:GET|POST|PUT|PATCH|DELETE) [^`]+)`/gm);
  return Array.from(rows, ([, call = ""]) => call).sort();
}
