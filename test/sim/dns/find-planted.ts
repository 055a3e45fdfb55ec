/** `node test/sim/dns/find-planted.ts [--seeds 1000]`: how many seeds it takes to find each planted bug; exit code 1 when one is not found. */
import { parseArgs } from "node:util";
import { PLANTED_DNS } from "./planted.ts";
import { simulateDns } from "./simulate.ts";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "1000" } } });
for (const { name, foundBy, plant } of PLANTED_DNS) {
  let found: number | null = null;
  const said = new Set<string>();
  for (let seed = 1; seed <= Number(values.seeds) && found === null; seed += 1) {
    const { violations } = await simulateDns({ seed, ...plant });
    if (violations.some((violation) => foundBy.test(violation))) found = seed;
    for (const violation of violations) said.add(violation);
  }
  if (found === null) process.exitCode = 1;
  const instead =
    found === null ? `; said instead: ${[...said].slice(0, 5).join("; ") || "nothing"}` : "";
  console.log(`${String(found ?? "NOT FOUND").padStart(9)}  ${name}${instead}`);
}
