/**
 * `npm run bench [-- --part decide …] [--quick] [--write-docs] [--tail-pool FILE]`: the whole measurement, or the parts
 * asked for, one after the other, so that none disturbs another. All of it takes hours, the tail above all. With
 * `--write-docs` what was run is written into docs/benchmarks.md, with when, where and from which commit; what was not is
 * named there. Ends with 1 when a bar is missed, with 2 when a part failed.
 */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { conditionsNow, sentenceOf } from "./conditions.ts";
import { compose, type Outcome } from "./document/compose.ts";
import { PARTS, type RunnablePart } from "./document/parts.ts";

const { values } = parseArgs({
  options: {
    part: { type: "string", multiple: true, default: [] },
    quick: { type: "boolean", default: false },
    "write-docs": { type: "boolean", default: false },
    "tail-pool": { type: "string" },
  },
});
const ROOT = join(import.meta.dirname, "../..");
const DOCS = join(ROOT, "docs/benchmarks.md");

const unknown = values.part.filter((name) => !PARTS.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(
    `No such part: ${unknown.join(", ")}. There are ${PARTS.map(({ name }) => name).join(", ")}.`,
  );
  process.exit(2);
}
const asked = PARTS.filter(({ name }) => values.part.length === 0 || values.part.includes(name));

const outcomes = new Map<string, Outcome>();
let [missed, failed] = [0, 0];
for (const part of asked) {
  const outcome = await outcomeOf(part);
  if (outcome === null) continue;
  outcomes.set(part.name, outcome);
  if ("why" in outcome) {
    failed += 1;
    console.error(`${part.name}: ${outcome.why}`);
  } else if (outcome.isMissed) missed += 1;
}
if (values["write-docs"]) {
  const before = existsSync(DOCS) ? readFileSync(DOCS, "utf8") : "";
  const { text, without } = compose(before, PARTS, outcomes);
  writeFileSync(DOCS, text);
  if (without.length > 0) console.log(`Without figures: ${without.join(", ")}`);
}
process.exitCode = failed > 0 ? 2 : missed > 0 ? 1 : 0;

/** `null`: it has written its section itself. */
async function outcomeOf(part: RunnablePart): Promise<Outcome | null> {
  if (!existsSync(join(ROOT, part.script))) return { why: `${part.script} does not exist` };
  const conditions = conditionsNow();
  const quick = values.quick && part.hasQuick;
  const pool = values["tail-pool"];
  const args = [
    ...part.args,
    ...(quick ? ["--quick"] : []),
    ...(part.name === "tail" && pool !== undefined ? ["--pool", pool] : []),
  ];
  console.log(`\n${part.name}: ${sentenceOf(conditions)}`);
  const { code, printed } = await run([part.script, ...args]);
  // 0 and 1 are results; whatever else, such as a signal, is none.
  if ((code !== 0 && code !== 1) || printed.trim() === "") return { why: `it ended with ${code}` };
  if (part.prints === "section") {
    if (code === 1) missed += 1;
    return null;
  }
  const body = part.prints === "text" ? `\`\`\`text\n${printed.trim()}\n\`\`\`` : printed;
  const note = quick ? "; **quick: too little to claim anything**" : "";
  return { body, isMissed: code === 1, conditions: `${sentenceOf(conditions)}${note}` };
}

/** What it prints is seen while it runs, too. */
async function run(args: readonly string[]): Promise<{ code: number | null; printed: string }> {
  const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
  let printed = "";
  child.stdout.setEncoding("utf8");
  child.stdout.on("data", (text: string) => {
    printed += text;
    process.stdout.write(text);
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, printed };
}
