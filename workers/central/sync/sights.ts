/** What the regions see, and whether the edge answers: the two looks outside that a plan is made of. */

import { withDeadline, within } from "../../../durable-objects/deadline.ts";
import type { Sight } from "../../../routing/health/quorum.ts";
import { REGIONS } from "../../../routing/names.ts";
import type { Ms } from "../../../routing/units.ts";
import type { LedgerPorts } from "./ports.ts";

/** A region that is silent for this long has no vote in this look. */
const REGION_TIMEOUT_MS = 2_000;
/** A look at the edge; it answers from memory. */
const EDGE_TIMEOUT_MS = 2_000;
/** So many failed asks in a row, a second apart, are a failed look. */
const EDGE_ASKS = 3;
const EDGE_PAUSE_MS = 1_000;

/** Those that answered. Cost: at most `REGION_TIMEOUT_MS`. */
export async function sightsOf(
  ports: Pick<LedgerPorts, "objects" | "timers">,
): Promise<readonly Sight[]> {
  const asked = REGIONS.map(async (region): Promise<readonly Sight[]> => {
    try {
      const work = (async () => ports.objects.region(region).status())();
      const status = await within(ports.timers, REGION_TIMEOUT_MS, work);
      const { blind, lastRoundAtMs, health } = status;
      return [{ region, blind, lastRoundAtMs, health }];
    } catch {
      // Silence is no vote; the plan says how many voted.
      return [];
    }
  });
  return (await Promise.all(asked)).flat();
}

/** Whether the edge says that it lives. Cost: one answer, or `EDGE_ASKS` failures. */
export async function isEdgeUp(
  url: string,
  ports: Pick<LedgerPorts, "fetch" | "timers">,
): Promise<boolean> {
  for (let ask = 1; ask <= EDGE_ASKS; ask += 1) {
    if (await answers(url, ports, EDGE_TIMEOUT_MS)) return true;
    if (ask < EDGE_ASKS) await ports.timers.wait(EDGE_PAUSE_MS);
  }
  return false;
}

async function answers(
  url: string,
  ports: Pick<LedgerPorts, "fetch" | "timers">,
  ms: Ms,
): Promise<boolean> {
  const ask = async (signal: AbortSignal) => {
    const response = await ports.fetch(new Request(url, { redirect: "manual", signal }));
    await response.body?.cancel();
    return response.ok;
  };
  return withDeadline(ports.timers, ms, ask).catch(() => false);
}
