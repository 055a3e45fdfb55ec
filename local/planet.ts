/** The planet's own process: `start.ts` runs it, its argument is the flags as JSON, the end of its input ends it. */
import { boot } from "./boot.ts";
import type { StartFlags } from "./flags.ts";

const flags = JSON.parse(process.argv[2] ?? "{}") as StartFlags;
// `start.ts` takes the signals of the terminal and ends the input.
for (const signal of ["SIGINT", "SIGHUP"] as const) process.on(signal, () => {});
process.env["CLOUDFLARE_CF_FETCH_ENABLED"] = "false";
process.env["WRANGLER_SEND_METRICS"] = "false";
/**
 * All isolates share one thread here, so that one's collection is everybody's stall: the host's took 80 to 180 ms every
 * 12 s at 500 requests a second. A young generation of 1 MB and an old one that is collected from 4 MB on cost as much
 * in sum, in pauses of about 20 ms.
 */
process.env["MINIFLARE_WORKERD_V8_FLAGS"] ??= "--max-semi-space-size=1 --initial-old-space-size=4";

const planet = boot(flags, process.env);
const end = async () => {
  const booted = await planet;
  if (booted.ok) await booted.value.stop();
  process.exit(0);
};
process.stdin.resume();
process.stdin.on("end", () => void end());
process.on("SIGTERM", () => void end());

const booted = await planet;
if (!booted.ok) {
  console.error(`Tradewind: ${booted.error}`);
  process.exit(1);
}
const { edge, central, token } = booted.value.at;
console.log(
  `Tradewind is ready  edge ${edge}  central ${central}  token ${token}  page ${central}/#token=${token}`,
);
