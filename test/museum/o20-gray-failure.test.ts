/**
 * O20, gray failure as a class: the failure detector is happy while applications suffer, because what it asks is not what they ask; disks are slow,
 * a path is lossy, one method fails.
 * Source: shared/outages.md 20, from Huang et al., "Gray Failure: The Achilles' Heel of Cloud-Scale Systems", HotOS '17.
 */
import { describe, expect, test } from "vitest";
import type { EndpointReport } from "../../routing/exchange.ts";
import { Outliers } from "../../routing/health/outliers.ts";
import { seededRng } from "../../routing/rng.ts";
import type { EndpointId } from "../../routing/units.ts";
import type { EdgePorts } from "../../workers/ports.ts";
import { rngFor } from "../sim/random.ts";
import { HOST, Plane, tell } from "./plane.ts";

const SEED = 20;
const ENDPOINTS = 6;
const PER_SECOND = 40;
const FAULT_S = 90;
const GRAY = "e0.example";
/** Less than this of all requests is a look now and then whether it is well again. */
const OUT_SHARE = 0.02;

const document = {
  monitors: { web: { type: "http", path: "/healthz", interval: 5, timeout: 2 } },
  pools: {
    main: {
      monitor: "web",
      origins: Array.from({ length: ENDPOINTS }, (_, at) => ({
        name: `e${at}`,
        address: `e${at}.example`,
      })),
    },
  },
  load_balancers: { [HOST]: { default_pools: ["main"], fallback_pool: "main" } },
};

/** What a gray endpoint does to a request; `null` = nothing special. */
type Fault = (request: Request, colo: string, plane: Plane) => Promise<Response> | null;

const rng = rngFor(SEED, "faults");
const error = async () => new Response("no", { status: 500 });
const truncated = () => {
  let chunks = 0;
  return new ReadableStream({
    pull(controller) {
      chunks += 1;
      if (chunks === 1) controller.enqueue(new TextEncoder().encode("half"));
      else controller.error(new Error("reset"));
    },
  });
};

const FAULTS = {
  "a, 30 % 5xx": () => (rng() < 0.3 ? error() : null),
  "b, p50 = 3 s": async (_request, _colo, plane: Plane) => {
    await plane.kernel.timers({ alive: true }).wait(2_000 + 2_000 * rng());
    return new Response(GRAY);
  },
  "c, truncated bodies": async () =>
    new Response(truncated(), { headers: { "content-length": "4000" } }),
  "d, errors only for POST": ({ method }) => (method === "POST" ? error() : null),
  "e, errors only from one region": (_request, colo) => (colo === "IAD" ? error() : null),
} satisfies Record<string, Fault>;

interface Asked {
  readonly atMs: number;
  readonly isGray: boolean;
  readonly colo: string;
}

async function run(
  fault: Fault,
  gray: readonly string[] = [GRAY],
  edgePorts = (same: EdgePorts) => same,
) {
  const asked: Asked[] = [];
  let isOn = false;
  const plane: Plane = new Plane({
    seed: SEED,
    document,
    colos: { FRA: 6, IAD: 6 },
    edgePorts,
    fetch: async (request, from) => {
      const { hostname, pathname } = new URL(request.url);
      const { wait } = plane.kernel.timers({ alive: true });
      if (pathname === "/healthz") {
        await wait(5);
        return new Response("ok");
      }
      const isGray = gray.includes(hostname);
      asked.push({ atMs: plane.kernel.nowMs, isGray, colo: from });
      const broken = isOn && isGray ? fault(request, from, plane) : null;
      if (broken !== null) return broken;
      await wait(20 + 40 * rng());
      return new Response(hostname);
    },
  });
  const method = () => (rng() < 0.2 ? "POST" : "GET");
  await plane.publish();
  await plane.load(PER_SECOND, 40_000, rngFor(SEED, "warm"), method);
  isOn = true;
  const sinceMs = plane.kernel.nowMs;
  await plane.load(PER_SECOND, 1_000 * FAULT_S, rngFor(SEED, "load"), method);
  const events = await Promise.all(
    [...plane.regions.values()].map((host) => host.call((region) => region.events(0))),
  );
  plane.close();
  return { asked, sinceMs, events: events.flat().filter(({ at }) => at >= sinceMs) };
}

type Ran = Awaited<ReturnType<typeof run>>;

const shareBetween = ({ asked, sinceMs }: Ran, fromS: number, untilS: number, colo?: string) => {
  const some = asked.filter(
    (one) =>
      (colo ?? one.colo) === one.colo &&
      one.atMs >= sinceMs + 1_000 * fromS &&
      one.atMs < sinceMs + 1_000 * untilS,
  );
  return some.filter(({ isGray }) => isGray).length / some.length;
};

/** The seconds after which the gray one got less than `OUT_SHARE` for ten; `null` = it never did. It is let in again later, to be looked at. */
function outAfterS(ran: Ran, colo?: string): number | null {
  for (let second = 0; second <= FAULT_S - 10; second += 1) {
    if (shareBetween(ran, second, second + 10, colo) <= OUT_SHARE) return second;
  }
  return null;
}

/** Its part from 30 s on, of what was its fair one. */
const leftOf = (ran: Ran, colo?: string): number =>
  ENDPOINTS * shareBetween(ran, 30, FAULT_S, colo);

/** When the region first said that probes and traffic disagree; `null` = it has not. */
const alertAfterS = ({ events, sinceMs }: Ran): number | null => {
  const found = events.find(({ detail }) => /disagree|gray|two.views/i.test(detail));
  return found === undefined ? null : (found.at - sinceMs) / 1_000;
};

describe("O20: what probes do not see, traffic does", () => {
  test.each(["a, 30 % 5xx", "b, p50 = 3 s"] as const)(
    "%s: out of rotation in 30 s",
    async (name) => {
      const ran = await run(FAULTS[name]);
      const [out, alert] = [outAfterS(ran), alertAfterS(ran)];
      tell(`O20 ${name}`, SEED, { outAfterS: out, alertAfterS: alert, left: leftOf(ran) });
      expect(outAfterS(ran)).not.toBeNull();
      expect(outAfterS(ran)).toBeLessThanOrEqual(30);
    },
  );

  test("c, truncated bodies: out of rotation in 30 s", async () => {
    // The others draw no chance for bodies that they have no fault in.
    const channel = () => new TransformStream<Uint8Array, Uint8Array>();
    const ran = await run(FAULTS["c, truncated bodies"], [GRAY], (ports) => ({
      ...ports,
      channel,
    }));
    tell("O20 c", SEED, { outAfterS: outAfterS(ran), left: leftOf(ran) });
    expect(outAfterS(ran) ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(30);
  });

  test("d, errors only for POST: told within a minute, and not called down for those whom it serves", async () => {
    const ran = await run(FAULTS["d, errors only for POST"]);
    const alert = alertAfterS(ran);
    tell("O20 d", SEED, { outAfterS: outAfterS(ran), alertAfterS: alert, left: leftOf(ran) });
    expect(alert ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(60);
    expect(ran.events.filter(({ detail }) => detail.startsWith("unhealthy"))).toEqual([]);
  });

  test("e, errors only from one region: that region leaves it in 30 s and says so within a minute, and the other keeps it", async () => {
    const ran = await run(FAULTS["e, errors only from one region"]);
    const [there, elsewhere] = [outAfterS(ran, "IAD"), outAfterS(ran, "FRA")];
    const alert = alertAfterS(ran);
    tell("O20 e", SEED, {
      there,
      elsewhere,
      alertAfterS: alert,
      left: leftOf(ran, "IAD"),
    });
    expect(alert ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(60);
    expect(there).not.toBeNull();
    expect(there).toBeLessThanOrEqual(30);
    expect(elsewhere).toBeNull();
  });

  test("of a pool that is gray in its majority at most 34 percent are out", async () => {
    const gray = ["e0", "e1", "e2", "e3"].map((name) => `${name}.example`);
    const ran = await run(FAULTS["a, 30 % 5xx"], gray);
    const most = mostEjected(ran);
    tell("O20 majority", SEED, { most });
    expect(most).toBeGreaterThan(0);
    expect(most / ENDPOINTS).toBeLessThanOrEqual(0.34);
  });

  test("a healthy fleet is not touched in a week: no ejection", () => {
    const ejections = healthyWeek();
    tell("O20 healthy week", SEED, { ejections });
    expect(ejections).toBe(0);
  });
});

describe("without its guard: an edge that takes every answer for a good one", () => {
  test("a, 30 % 5xx: probes alone keep it in rotation", async () => {
    const ran = await run(FAULTS["a, 30 % 5xx"], [GRAY], blindEdge);
    tell("O20 without", SEED, { outAfterS: outAfterS(ran), left: leftOf(ran) });
    expect(outAfterS(ran)).toBeNull();
    expect(leftOf(ran)).toBeGreaterThan(0.8);
  });
});

/** A 404 is the visitor's to see, and speaks against nobody. */
const blindEdge = (ports: EdgePorts): EdgePorts => ({
  ...ports,
  send: async (to, outgoing) => {
    const answer = await ports.send(to, outgoing);
    return answer.status === 500 ? new Response(answer.body, { status: 404 }) : answer;
  },
});

/** In one region at a time, by its own events. */
function mostEjected({ events }: Ran): number {
  let most = 0;
  for (const source of new Set(events.map((event) => event.source))) {
    const until = new Map<string, number>();
    for (const { subject, detail, at } of events.filter((event) => event.source === source)) {
      const seconds = /^ejected for ([\d.]+) s/.exec(detail)?.[1];
      if (seconds !== undefined) until.set(subject, at + 1_000 * Number(seconds));
      if (detail.startsWith("let in again")) until.delete(subject);
      most = Math.max(most, [...until.values()].filter((end) => end > at).length);
    }
  }
  return most;
}

/** Twelve endpoints that fail one request in a hundred, four isolates, a report in five seconds, 14 requests a second. */
function healthyWeek(): number {
  const WEEK_S = 7 * 86_400;
  const BEAT_S = 5;
  const draw = seededRng(SEED);
  const ids = Array.from({ length: 12 }, (_, at) => `e${at}` as EndpointId);
  const outliers = new Outliers([]);
  outliers.retarget(new Map([["main", ids]]));
  const probing = { isUsable: () => true, isProbed: () => true };
  let ejections = 0;
  for (let second = 0; second < WEEK_S; second += BEAT_S) {
    for (let isolate = 0; isolate < 4; isolate += 1) {
      const endpoints = Object.fromEntries(
        ids.flatMap((id): [EndpointId, EndpointReport][] => {
          const attempts = 1 + Math.floor(2 * draw());
          let failure = 0;
          for (let at = 0; at < attempts; at += 1) if (draw() < 0.01) failure += 1;
          const success = attempts - failure;
          const outcomes = { success, failure, overload: 0, abandoned: 0 };
          const meanMs = success > 0 ? { meanMs: 40 + 40 * draw() } : {};
          return [[id, { attempts, outcomes, inFlight: 0, ...meanMs }]];
        }),
      );
      const heard = { colo: `C${isolate}`, endpoints };
      ejections += outliers.fold(heard, probing, 1_000 * second + 1_800_000_000_000).length;
    }
  }
  return ejections;
}
