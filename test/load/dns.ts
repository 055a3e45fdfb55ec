/**
 * `npm run proof:dns [-- --names 2000]`: one zone, published by three ledgers to Route 53 (moto behind the vendor's limits), PowerDNS and BIND at
 * once; memory lost, edits of others repaired and respected, octoDNS as witness, and octoDNS's zone taken over. Ends with 1 when a claim fails.
 *
 * Needs the servers: `.ci/install-servers .tradewind/servers`.
 */
import { parseArgs } from "node:util";
import { isMark, type Row, runDns, runTakeover } from "./dns-run.ts";

const { values } = parseArgs({ options: { names: { type: "string", default: "2000" } } });

let held = 0;
let failed = 0;
function claim(entry: string, text: string, wrong: string): void {
  if (wrong === "") held += 1;
  else failed += 1;
  console.log(`${wrong === "" ? "held  " : "FAILED"}  ${entry.padEnd(14)}${text}`);
  if (wrong !== "") console.log(`        ${wrong}`);
}

function cellsOf({ entry, published: { entry: done, seconds, calls, batches } }: Row) {
  const marks = done.changes.filter(({ key }) => isMark(key)).length;
  const sets = done.changes.length - marks;
  return [entry, sets, marks, seconds.toFixed(1), calls, batches.length, Math.max(...batches)];
}

const line = (cells: readonly (string | number)[]) =>
  cells
    .map((cell, at) => (at === 0 ? String(cell).padEnd(14) : String(cell).padStart(12)))
    .join("");

const rows = await runDns(Number(values.names), claim);
console.log("\nThe first publication: a listing, every batch, and a listing again.\n");
console.log(line(["provider", "sets", "marks", "seconds", "API calls", "batches", "largest"]));
for (const row of rows) console.log(line(cellsOf(row)));
console.log("");
await runTakeover(Number(values.names), claim);
console.log(`\n${held} claims held, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
