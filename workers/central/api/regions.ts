/** `/v1/regions` and `/v1/health`: what the regions know, as far as they answer. */
import type { Context } from "hono";
import type { RegionStatus } from "../../../routing/region-status.ts";
import type { ConfigObject } from "../../config-object.ts";
import { ask, REGION_TIMEOUT_MS } from "../http/ask.ts";
import { type App, type Central, type Env, refusals, serve } from "../http/routes.ts";
import { coloStatuses } from "../observe/colos.ts";
import { type EndpointVerdicts, endpointVerdicts, type RegionVerdict } from "../observe/health.ts";
import { askStatuses, type Heard } from "../observe/regions.ts";
import { memberAnswer } from "./previews.ts";
import { healthSchema, regionsSchema, rfc3339, rfc3339OrNull } from "./schemas.ts";

export function regionRoutes(app: App, central: Central): void {
  serve(app, listRegions, (c) => regions(c, central));
  serve(app, getHealth, (c) => health(c, central));
}

const listRegions = {
  method: "get",
  path: "/v1/regions",
  operationId: "listRegions",
  summary: "Each region, its colos and what they served since it was loaded",
  responses: {
    200: {
      description: "All regions; one that does not answer within 2 s is listed as unreachable.",
      content: regionsSchema,
    },
    ...refusals("unauthorized"),
  },
} as const;

type Pushes = Awaited<ReturnType<ConfigObject["pushes"]>>;

async function regions(c: Context<Env>, central: Central): Promise<Response> {
  const { ports, account } = central;
  const [statuses, pushes] = await Promise.all([
    askStatuses(central),
    ask(ports, async () => ports.objects.config(account).pushes(), REGION_TIMEOUT_MS),
  ]);
  const owed: Pushes = pushes.ok ? pushes.value : {};
  return c.json({
    regions: statuses.map((heard) => ({
      region: heard.region,
      push: owed[heard.region] ?? null,
      ...(heard.reachable
        ? { reachable: true, ...regionAnswer(heard.value) }
        : { reachable: false, reason: heard.reason }),
    })),
  });
}

const regionAnswer = (status: RegionStatus) => ({
  version: status.version,
  as_of: rfc3339(status.asOfMs),
  beat_ms: status.beatMs,
  next_alarm_at: rfc3339OrNull(status.nextAlarmAtMs),
  last_round_at: rfc3339OrNull(status.lastRoundAtMs),
  blind: status.blind,
  probes: status.probes,
  probers: (status.probers ?? []).map(({ prober, endpoints, heardAtMs, isSilent, blind }) => ({
    prober,
    endpoints,
    heard_at: rfc3339(heardAtMs),
    silent: isSilent,
    blind,
  })),
  colos: coloAnswers(status),
});

/** A colo is listed as long as it has reporters or has been counted. */
function coloAnswers(status: RegionStatus) {
  const reporting = new Map(coloStatuses(status.reporters).map((colo) => [colo.colo, colo]));
  const colos = [...new Set([...reporting.keys(), ...Object.keys(status.hosts)])].sort();
  return colos.map((colo) => ({
    colo,
    isolates: reporting.get(colo)?.isolates ?? 0,
    version: reporting.get(colo)?.version ?? null,
    snapshot_age_ms: reporting.get(colo)?.snapshotAgeMs ?? null,
    hosts: status.hosts[colo] ?? {},
  }));
}

const getHealth = {
  method: "get",
  path: "/v1/health",
  operationId: "getHealth",
  summary: "Every endpoint, what each region says of it, and what they come to",
  description:
    "`verdict` is the regions' word by quorum, the same that DNS moves by; regions that are blind, silent or out of date have no vote. " +
    "`broken_paths` are regions that call an endpoint down which the others reach. `disagreement` is where a region's probes and its traffic differ (docs/health.md).",
  responses: {
    200: { description: "The verdicts.", content: healthSchema },
    ...refusals("unauthorized"),
  },
} as const;

async function health(c: Context<Env>, central: Central): Promise<Response> {
  const [statuses, names] = await Promise.all([askStatuses(central), central.names.read(central)]);
  const verdicts = endpointVerdicts(names, statuses, central.ports.clock.nowMs());
  return c.json({
    version: names.version,
    endpoints: verdicts.map(endpointAnswer),
    unreachable: [...unreachable(statuses), ...(names.isCurrent ? [] : ["config"])],
  });
}

const unreachable = (heard: readonly Heard<unknown>[]): readonly string[] =>
  heard.filter(({ reachable }) => !reachable).map(({ region }) => region);

const endpointAnswer = ({
  regions: verdicts,
  intervalMs: _interval,
  brokenPaths,
  disagreesOnlyIn,
  ...endpoint
}: EndpointVerdicts) => ({
  ...endpoint,
  broken_paths: brokenPaths,
  disagrees_only_in: disagreesOnlyIn,
  regions: verdicts.map(regionVerdictAnswer),
});

const regionVerdictAnswer = ({
  region,
  verdict,
  isStale,
  isBlind,
  health: found,
  members,
  ejection,
  disagreement,
  held,
}: RegionVerdict) => ({
  region,
  verdict,
  stale: isStale,
  blind: isBlind,
  ...(found === null
    ? {}
    : {
        reason: found.reason,
        ...(found.changedAtMs > 0 ? { changed_at: rfc3339(found.changedAtMs) } : {}),
        observed_at: rfc3339(found.observedAtMs),
      }),
  ...(members === null ? {} : { monitors: members.map(memberAnswer) }),
  ...(ejection === null
    ? {}
    : { ejected: { until: rfc3339(ejection.untilMs), reason: ejection.reason } }),
  ...(disagreement === null
    ? {}
    : {
        disagreement: {
          kind: disagreement.kind,
          detail: disagreement.detail,
          since: rfc3339(disagreement.sinceMs),
        },
      }),
  ...(held === null ? {} : { held: { since: rfc3339(held.sinceMs), reason: held.reason } }),
});
