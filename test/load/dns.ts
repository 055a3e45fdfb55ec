/**
 * `npm run proof:dns [-- --names 2000]`: one zone, published by three ledgers to Route 53 (moto behind the vendor's limits), PowerDNS and BIND at
 * once; memory lost, edits of others repaired and respected, octoDNS as witness, and octoDNS's zone taken over. Ends with 1 when a claim fails.
 *
 * Needs the servers: `.ci/install-servers .tradewind/servers`.
 */
import { parseArgs } from "node:util";
import { runDns } from "./dns-run.ts";

const { values } = parseArgs({ options: { names: { type: "string", default: "2000" } } });

const { rows, claims } = await runDns(Number(values.names));

const titles = ["provider", "sets", "marks", "seconds", "API calls", "batches", "largest"];
const line = (cells: readonly (string | number)[]) =>
  cells.map((cell, at) => String(cell)[at === 0 ? "padEnd" : "padStart"](14)).join("");
console.log(`\n${line(titles)}`);
for (const row of rows) console.log(line(row));
console.log("");
for (const { claim, wrong } of claims) {
  console.log(wrong === "" ? `held    ${claim}` : `FAILED  ${claim}: ${wrong}`);
}
const failed = claims.filter(({ wrong }) => wrong !== "").length;
console.log(`\n${claims.length - failed} claims held, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
