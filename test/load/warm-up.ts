import { COLO_NAMES } from "../../local/colos.ts";
import { seededRng } from "../../routing/rng.ts";
import { LoadGenerator } from "./generator.ts";
import { drawPlan } from "./plan.ts";
import { HOST, type Stage } from "./stage.ts";

/** What the product is promised to need from a colo before it knows the nearest pool ("It must show" 2). */
const REQUESTS = 20;

/** Of the load that will be measured. */
const STEPS = [0.25, 0.5, 0.75];
const STEP_MS = 4_000;

/**
 * Starts every colo's isolate, lets it learn, and raises the load in steps until the runtime has compiled what it
 * uses much: a run measures a planet that is in use, not its boot. Thirteen cold isolates share one thread here.
 */
export async function warmUp(stage: Stage, ratePerSecond: number): Promise<void> {
  for (let sent = 0; sent < REQUESTS; sent += 1) {
    await Promise.all(
      COLO_NAMES.map((colo) => stage.planet.get(HOST, "/bytes/256?seed=0", { colo })),
    );
  }
  for (const [seed, ratio] of STEPS.entries()) {
    const plan = drawPlan(ratePerSecond * ratio, STEP_MS, COLO_NAMES, seededRng(seed));
    await new LoadGenerator({ url: stage.planet.edge, host: HOST }, plan).run();
  }
}
