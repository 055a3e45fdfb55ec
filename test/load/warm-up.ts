import { COLO_NAMES } from "../../local/colos.ts";
import { HOST, type Stage } from "./stage.ts";

/** What the product is promised to need from a colo before it knows the nearest pool ("It must show" 2). */
const REQUESTS = 20;

/** Starts every colo's isolate and lets it learn: a run measures a planet that is in use, not its boot. */
export async function warmUp(stage: Stage): Promise<void> {
  for (let sent = 0; sent < REQUESTS; sent += 1) {
    await Promise.all(
      COLO_NAMES.map((colo) => stage.planet.get(HOST, "/bytes/256?seed=0", { colo })),
    );
  }
  await Promise.all(
    COLO_NAMES.map((colo) => stage.planet.get(HOST, "/bytes/1048576?seed=0", { colo })),
  );
}
