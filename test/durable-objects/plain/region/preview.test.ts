import { expect, test } from "vitest";
import { Previews } from "../../../../durable-objects/region/preview.ts";
import type { ProbeTarget } from "../../../../routing/exchange.ts";
import {
  PREVIEW_ENDPOINTS_MAX,
  PREVIEW_MS_MAX,
  PROBE_SLOTS,
  SCHEMA,
} from "../../../../routing/limits.ts";
import { anyAddresses } from "../../../../routing/table/address.ts";
import type { EndpointId } from "../../../../routing/units.ts";
import { ObjectWorld } from "../../../helpers/object-ports.ts";
import { monitorOf } from "../messages.ts";

const targetOf = (name: string): ProbeTarget => ({
  ...{ endpoint: name as EndpointId, pool: "p", name, address: `${name}.example` },
  ...{ port: 80, scheme: "http", monitor: monitorOf({ timeout: 7, retries: 2 }) },
});

/** Endpoints whose name begins with `dead` never answer. */
function stage() {
  let inFlight = 0;
  let inFlightMax = 0;
  const world = new ObjectWorld({
    fetch: async (request) => {
      inFlight += 1;
      inFlightMax = Math.max(inFlightMax, inFlight);
      if (request.url.includes("dead")) {
        await new Promise((resolve) => request.signal.addEventListener("abort", resolve));
      }
      inFlight -= 1;
      return new Response("ok");
    },
  });
  const ports = world.ports();
  const previews = new Previews({ ports, addresses: anyAddresses, region: "weur" });
  const run = async (names: readonly string[], ms: number) => {
    const seen = previews.run({ schema: SCHEMA, targets: names.map(targetOf) });
    await world.kernel.run(ms);
    return seen;
  };
  return { run, previews, inFlightMax: () => inFlightMax, inFlight: () => inFlight };
}

test("a preview tells what the prober sees of each, in the order of the question", async () => {
  const { run } = stage();
  expect(await run(["b", "dead", "a"], PREVIEW_MS_MAX)).toEqual([
    { endpoint: "b", saw: "healthy", reason: "", status: 200, ms: 0 },
    { endpoint: "dead", saw: "nothing", reason: "timeout", ms: 7_000 },
    { endpoint: "a", saw: "healthy", reason: "", status: 200, ms: 0 },
  ]);
});

test("it has five slots, and ends when its time is over, whoever is left", async () => {
  const { run, inFlightMax } = stage();
  const names = Array.from({ length: PREVIEW_ENDPOINTS_MAX }, (_, at) => `dead${at}`);
  const seen = await run(names, PREVIEW_MS_MAX + 1);
  // Three timeouts of seven seconds each: two waves of five in a minute, and the third is under way.
  expect(seen.map(({ reason }) => reason)).toEqual([
    ...Array.from({ length: 10 }, () => "timeout"),
    ...Array.from({ length: 15 }, () => "no time was left"),
  ]);
  expect(seen.at(-1)?.saw).toBe("unprobed");
  expect(inFlightMax()).toBe(PROBE_SLOTS);
});

test("what waits when the time is over is not asked later", async () => {
  const { run, inFlight } = stage();
  await run(
    Array.from({ length: 25 }, (_, at) => `dead${at}`),
    PREVIEW_MS_MAX + 1,
  );
  expect(inFlight()).toBeLessThanOrEqual(PROBE_SLOTS);
  const again = await run(["a"], 40_000);
  expect(again).toMatchObject([{ saw: "healthy" }]);
});

test("a question that is none is refused", async () => {
  const { previews } = stage();
  const targets = Array.from({ length: PREVIEW_ENDPOINTS_MAX + 1 }, () => targetOf("a"));
  await expect(previews.run({ schema: SCHEMA, targets })).rejects.toThrow(/at most 25/);
  await expect(previews.run({ schema: 99, targets: [] })).rejects.toThrow(/schema/);
});
