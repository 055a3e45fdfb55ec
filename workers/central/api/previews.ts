/** `…/preview`: "probe this now". What the regions' probers see is told, and no verdict comes of it. */
import type { Context } from "hono";
import type { ProbeTarget } from "../../../routing/exchange.ts";
import type { MemberHealth } from "../../../routing/health/group.ts";
import { PREVIEW_ENDPOINTS_MAX, PREVIEW_MS_MAX, SCHEMA } from "../../../routing/limits.ts";
import { REGIONS, type Region } from "../../../routing/names.ts";
import type { Previewed, PreviewQuestion, PreviewRefusal } from "../../../routing/preview.ts";
import { assertNever, type Result } from "../../../routing/result.ts";
import type { Problem } from "../../../routing/table/problem.ts";
import { ask, askConfig, type NoAnswer } from "../http/ask.ts";
import { checkedBody } from "../http/checked.ts";
import { Refusal } from "../http/problem.ts";
import { type App, type Central, type Env, parameter, refusals, serve } from "../http/routes.ts";
import {
  monitorParameters,
  monitorPreviewBody,
  monitorPreviewDocument,
  poolParameters,
  poolPreviewBody,
  poolPreviewDocument,
  previewSchema,
} from "./preview-schemas.ts";

/** A region ends by itself at `PREVIEW_MS_MAX`; this is for its answer to come. */
const PREVIEW_TIMEOUT_MS = PREVIEW_MS_MAX + 5_000;
const NOTHING_ASKED = "Nothing was probed.";

export function previewRoutes(app: App, central: Central): void {
  serve(app, postMonitorPreview, (c) => monitorPreview(c, central));
  serve(app, postPoolPreview, (c) => poolPreview(c, central));
}

const DESCRIPTION =
  `Each region asks at most ${PREVIEW_ENDPOINTS_MAX} endpoints with the prober's own code, five at a time, for at most ${PREVIEW_MS_MAX / 1_000} s. ` +
  "Disabled endpoints are asked too. Verdicts, events and probe counts stay as they are.";

const responses = {
  200: { description: "What each region saw of each endpoint.", content: previewSchema },
  ...refusals(
    ...(["malformed", "unauthorized", "not-found", "too-large"] as const),
    ...(["wrong-type", "invalid", "unreachable"] as const),
  ),
};

const postMonitorPreview = {
  method: "post",
  path: "/v1/monitors/{monitor}/preview",
  operationId: "previewMonitor",
  summary: "Probes a pool's endpoints now, by a stored monitor",
  description: DESCRIPTION,
  request: { params: monitorParameters, body: { required: true, content: monitorPreviewDocument } },
  responses,
} as const;

async function monitorPreview(c: Context<Env>, central: Central): Promise<Response> {
  const monitor = parameter(monitorParameters.shape.monitor, "monitor", c.req.param("monitor"));
  const { regions, ...body } = await checkedBody(c.req.raw, monitorPreviewBody, NOTHING_ASKED);
  return await answer(c, central, { monitor, ...body }, { regions, inPath: "monitor" });
}

const postPoolPreview = {
  method: "post",
  path: "/v1/pools/{pool}/preview",
  operationId: "previewPool",
  summary: "Probes a pool's endpoints now, by its own monitor or group, or by a draft in the body",
  description: DESCRIPTION,
  request: { params: poolParameters, body: { required: true, content: poolPreviewDocument } },
  responses,
} as const;

async function poolPreview(c: Context<Env>, central: Central): Promise<Response> {
  const pool = parameter(poolParameters.shape.pool, "pool", c.req.param("pool"));
  const body = await checkedBody(c.req.raw, poolPreviewBody, NOTHING_ASKED);
  const { regions, monitor: draft, endpoints } = body;
  return await answer(c, central, { pool, draft, endpoints }, { regions, inPath: "pool" });
}

interface Asked {
  readonly regions: readonly Region[] | undefined;
  /** What the path names, so that an unknown one is a 404. */
  readonly inPath: "monitor" | "pool";
}

async function answer(
  c: Context<Env>,
  central: Central,
  question: { readonly [K in keyof PreviewQuestion]: PreviewQuestion[K] | undefined },
  { regions = REGIONS, inPath }: Asked,
): Promise<Response> {
  const plan = await askConfig(
    central,
    (config) => config.previewTargets(present(question)),
    "Traffic and probes are not affected; ask again.",
  );
  if (plan === null) {
    throw new Refusal(
      "not-found",
      "There is no configuration yet. PUT /v1/config makes the first.",
    );
  }
  if (!plan.ok) throw refusalOf(plan.error, inPath);
  const { version, targets } = plan.value;
  const heard = await Promise.all(
    [...new Set(regions)].map(async (region) => ({
      region,
      seen: await askPreviewer(central, region, targets),
    })),
  );
  return c.json({
    version,
    monitor: targets[0]?.monitor.name ?? "",
    endpoints: targets.map(({ endpoint: id, pool, name, address, port }) => ({
      ...{ id, pool, endpoint: name, address, port },
      regions: heard.flatMap(({ region, seen }) =>
        (seen.ok ? seen.value : [])
          .filter(({ endpoint }) => endpoint === id)
          .map((one) => seenAnswer(region, one)),
      ),
    })),
    unreachable: heard.filter(({ seen }) => !seen.ok).map(({ region }) => region),
  });
}

/** Without the members that were not given: an object's arguments have none that are `undefined`. */
const present = (question: object): PreviewQuestion =>
  Object.fromEntries(Object.entries(question).filter(([, value]) => value !== undefined));

const askPreviewer = (
  { ports }: Central,
  region: Region,
  targets: readonly ProbeTarget[],
): Promise<Result<readonly Previewed[], NoAnswer>> =>
  ask(
    ports,
    async () => ports.objects.previewer(region).preview({ schema: SCHEMA, targets }),
    PREVIEW_TIMEOUT_MS,
  );

const seenAnswer = (region: Region, { saw, reason, status, ms, members }: Previewed) => ({
  region,
  healthy: saw === "unprobed" ? null : saw === "healthy",
  reason,
  status_code: status ?? null,
  ms: ms ?? null,
  ...(members === undefined ? {} : { monitors: members.map(memberAnswer) }),
});

export const memberAnswer = (member: MemberHealth) => ({
  monitor: member.monitor,
  healthy: member.healthy,
  reason: member.reason,
  monitoring_only: member.monitoringOnly,
  must_be_healthy: member.mustBeHealthy,
});

function refusalOf(refusal: PreviewRefusal, inPath: Asked["inPath"]): Refusal {
  switch (refusal.reason) {
    case "unknown": {
      const { what, name } = refusal;
      if (what === inPath) {
        const detail = `There is no ${what} "${name}". GET /v1/config lists them by name.`;
        return new Refusal("not-found", detail);
      }
      const pointer = what === "endpoint" ? "/endpoints" : `/${what}`;
      return invalid({ pointer, detail: `There is no ${what} "${name}" here.`, value: name });
    }
    case "no-monitor":
      return invalid({
        pointer: "/monitor",
        detail: "The pool has no monitor and no group: write one here.",
      });
    case "no-pool":
      return invalid({
        pointer: "/pool",
        detail: "No pool uses the monitor: name one whose endpoints it should probe.",
      });
    case "too-many": {
      const { count: value } = refusal;
      const detail = `There are ${value} endpoints, and a preview asks at most ${PREVIEW_ENDPOINTS_MAX}: name some of them.`;
      return invalid({
        pointer: "/endpoints",
        detail,
        value,
        range: `1..${PREVIEW_ENDPOINTS_MAX}`,
      });
    }
    case "no-port": {
      const detail = `The monitor opens a TCP connection, and neither it nor the endpoint "${refusal.endpoint}" has a port: write one.`;
      return invalid({ pointer: "/monitor", detail });
    }
    case "invalid":
      return invalid(
        ...refusal.problems.map((one) => ({ ...one, pointer: `/monitor${one.pointer}` })),
      );
    default:
      return assertNever(refusal);
  }
}

const invalid = (...errors: readonly Problem[]): Refusal =>
  new Refusal("invalid", `${NOTHING_ASKED} Each reason is in errors.`, { members: { errors } });
