/** The generated parts of docs/bad-days.md; what is written around them by hand stays. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { withSection } from "../../bench/tail/section.ts";

const DOCS = join(import.meta.dirname, "../../../docs/bad-days.md");

export function keepSection(name: string, title: string, body: string): void {
  const text = existsSync(DOCS) ? readFileSync(DOCS, "utf8") : "# Bad days\n";
  writeFileSync(DOCS, withSection(text, name, `## ${title}\n\n${body}`));
  console.log("docs/bad-days.md is written.");
}
