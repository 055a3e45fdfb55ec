/** Asking the watchdog: by the clock of the script, for `/v1/watchdog` and for `/metrics`. */
import { ask } from "../http/ask.ts";
import type { CentralPorts } from "../ports.ts";
import type { WatchReport } from "./watch.ts";

/** A look waits for every region twice at most, and then for the dead-man switch. */
const LOOK_TIMEOUT_MS = 20_000;
const REPORT_TIMEOUT_MS = 2_000;

/** Never fails: the watchdog's own alarm stands in for a look that was not asked for. */
export async function lookAtRegions(ports: CentralPorts): Promise<void> {
  const looked = await ask(ports, async () => ports.objects.watchdog().look(), LOOK_TIMEOUT_MS);
  if (looked.ok) return;
  console.error(JSON.stringify({ level: "error", event: "regions-not-looked-at" }));
}

/** `null`: it does not answer. */
export async function askWatchdog(ports: CentralPorts): Promise<WatchReport | null> {
  const report = async () => ports.objects.watchdog().report();
  const answer = await ask(ports, report, REPORT_TIMEOUT_MS);
  return answer.ok ? answer.value : null;
}
