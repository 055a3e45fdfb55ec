/** `/metrics`: what a Prometheus scrapes. An object that is silent costs its own series and no other. */
import { z } from "@hono/zod-openapi";
import { ask, REGION_TIMEOUT_MS } from "../http/ask.ts";
import { type App, type Central, type Route, refusals, serve } from "../http/routes.ts";
import { exposition } from "../metrics/exposition.ts";
import { FAMILIES } from "../metrics/families.ts";
import { type Key, measure } from "../metrics/measure.ts";
import { askStatuses } from "../observe/regions.ts";
import { askSyncedZones } from "../observe/zones.ts";
import { askWatchdog } from "../watch/ask.ts";

export function metricRoutes(app: App, central: Central): void {
  serve(app, getMetrics, async () => {
    const text = await metricsText(central);
    return new Response(text, { headers: { "content-type": TEXT_FORMAT } });
  });
}

const TEXT_FORMAT = "text/plain; version=0.0.4; charset=utf-8";

const getMetrics: Route = {
  method: "get",
  path: "/metrics",
  operationId: "getMetrics",
  summary: "Prometheus text; every name is explained in docs/metrics.md",
  responses: {
    200: { description: "The metrics.", content: { "text/plain": { schema: z.string() } } },
    ...refusals("unauthorized"),
  },
};

async function metricsText(central: Central): Promise<string> {
  const { ports, account } = central;
  const config = async () => {
    const store = ports.objects.config(account);
    const [versions, pushes] = await Promise.all([store.versions(), store.pushes()]);
    return { version: versions[0]?.version ?? 0, pushes };
  };
  const [statuses, names, heard, zones, watch] = await Promise.all([
    askStatuses(central),
    central.names.read(central),
    ask(ports, config, REGION_TIMEOUT_MS),
    askSyncedZones(central, (ledger) => ledger.status()),
    askWatchdog(ports),
  ]);
  const known = heard.ok ? heard.value : null;
  const samples = measure(statuses, known, names, zones, watch, ports.clock.nowMs());
  const keys = (Object.keys(FAMILIES) as Key[]).filter((key) => key !== "dropped");
  const { text, dropped } = exposition(
    keys.map((key) => ({ family: FAMILIES[key], samples: samples[key] })),
  );
  const last = { family: FAMILIES.dropped, samples: [{ labels: [], value: dropped }] };
  return text + exposition([last]).text;
}
