/** Nanoseconds of CPU per decision. The first candidate is taken, as a request does. */
import { seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY } from "../../../routing/steer/knowledge.ts";
import { asker, NOW } from "../../routing/steer/world.ts";
import type { World } from "./worlds.ts";

function nsPerDecision({ shard, know, visitors, tried }: World, decisions: number): number {
  const rng = seededRng(1);
  let memory = NO_MEMORY;
  const begin = process.cpuUsage();
  for (let count = 0; count < decisions; count += 1) {
    const visitor = visitors[count % visitors.length] ?? asker();
    const decision = decide({ shard, asker: visitor, know, memory, triesMax: 3 }, NOW + 1, rng);
    for (const { endpoint } of decision.candidates) {
      tried?.(endpoint.id);
      break;
    }
    memory = decision.memory;
  }
  const { user, system } = process.cpuUsage(begin);
  return (1_000 * (user + system)) / decisions;
}

/** Runs of each world, which take turns: a busy machine is busy for all of them. */
export function measure(
  worlds: readonly World[],
  { runs, decisions }: { readonly runs: number; readonly decisions: number },
): readonly (readonly number[])[] {
  const found = worlds.map((): number[] => []);
  for (let count = 0; count < runs; count += 1) {
    for (const [at, world] of worlds.entries()) {
      // What the others have pushed out of the processor's caches comes back first.
      nsPerDecision(world, decisions);
      found[at]?.push(nsPerDecision(world, decisions));
    }
  }
  return found;
}
