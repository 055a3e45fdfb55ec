/**
 * How soon isolates leave an endpoint that nobody probes, on virtual time: the production Region with its storage, and the production decision,
 * counters and memory of its isolates. What is left out is I/O.
 */
import { Region } from "../../../durable-objects/region/region.ts";
import type { Push } from "../../../routing/exchange.ts";
import { SCHEMA } from "../../../routing/limits.ts";
import { seededRng } from "../../../routing/rng.ts";
import { seal } from "../../../routing/snapshot.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { EndpointId, Ms, TableVersion } from "../../../routing/units.ts";
import { ObjectWorld } from "../../helpers/object-ports.ts";
import { endpoint, NOW, pool, shardOf } from "../../routing/steer/world.ts";
import { Agenda } from "../shared/agenda.ts";
import { SimIsolate } from "../shared/isolate.ts";

/** `fails` answers 503 at once, or has no connection; `stalls` answers nothing until the try is given up; `gray` fails three of ten. */
export const FAULTS = ["fails", "stalls", "gray"] as const;
export type Fault = (typeof FAULTS)[number];

export interface Setting {
  readonly seed: number;
  readonly isolates: number;
  /** Requests per second of all isolates together. */
  readonly rps: number;
  readonly endpoints: number;
  readonly fault: Fault;
}

/** Long enough that every window is full of good service, which is the harder case. */
const WARM_MS = 12_000;
/** An ejection may be over after 5 s: who has not left by then counts as never. */
const WATCHED_MS = 10_000;
/** How often it is asked where requests would go, and how many of each isolate. */
const LOOK_MS = 50;
const ASKED_EACH = 4;
const BEAT_SPREAD = 0.2;
/** To the region's object and back. */
const EXCHANGE_MS = 20;
const ANSWER_MS = 20;
/** What a try is given up after at least (`TRY_TIMEOUT_MS_MIN`). */
const GIVEN_UP_MS = 1_000;
const STEP_MS = 5;

export interface Moved {
  /** From the fault until 99 of 100 requests that would have gone to the endpoint go elsewhere; infinite = not within `WATCHED_MS`. */
  readonly movedMs: Ms;
  /** Until 99 of 100 isolates leave it out, by their own failures or by the region's word. */
  readonly leftMs: Ms;
  /** Until the region has ejected it. */
  readonly ejectedMs: Ms;
}

export async function move(setting: Setting): Promise<Moved> {
  const { fault, isolates: count, rps, endpoints, seed } = setting;
  const rng = seededRng(seed);
  const agenda = new Agenda(NOW);
  const ids = Array.from({ length: endpoints }, (_, at) => `e${at}` as EndpointId);
  const [bad = "" as EndpointId] = ids;
  const world = new ObjectWorld();
  const ports = { ...world.ports(), clock: { nowMs: () => agenda.nowMs } };
  const region = new Region(ports, { region: "weur", addresses: anyAddresses });
  await region.push(pushOf(ids));
  const origins = ids.map((id) => endpoint(id));
  const shard = shardOf([pool("p", origins, { origin_steering: { policy: "p2c_peak_ewma" } })]);
  const isolates = Array.from(
    { length: count },
    (_, at) => new SimIsolate(`i${at}`, { ...shard }, "none", rng),
  );
  const leftAtMs = new Map<SimIsolate, Ms>();
  const faultAtMs = NOW + WARM_MS;

  const look = (isolate: SimIsolate): void => {
    const { ejection, ejectedByRegion } = isolate.learned.know(bad);
    const isOut = ejection.phase !== "admitting" || (ejectedByRegion?.untilMs ?? 0) > agenda.nowMs;
    if (agenda.nowMs < faultAtMs || !isOut || leftAtMs.has(isolate)) return;
    leftAtMs.set(isolate, agenda.nowMs - faultAtMs);
  };
  let ejectedMs = Number.POSITIVE_INFINITY;
  let movedMs = Number.POSITIVE_INFINITY;

  /** Of all isolates, how many requests would go to the bad one now. */
  const wouldGo = (): number => {
    let requests = 0;
    for (const isolate of isolates) {
      for (let asked = 0; asked < ASKED_EACH; asked += 1) {
        if (isolate.choose(agenda.nowMs).endpoint.id === bad) requests += 1;
      }
    }
    return requests;
  };

  const beat = (isolate: SimIsolate, beatMs: Ms): void => {
    const report = isolate.report(ids);
    agenda.at(agenda.nowMs + EXCHANGE_MS / 2, () => {
      void region.exchange(report).then((told) => {
        if (bad in (told.view.ejected ?? {})) {
          ejectedMs = Math.min(ejectedMs, agenda.nowMs - faultAtMs);
        }
        agenda.at(agenda.nowMs + EXCHANGE_MS / 2, () => {
          isolate.hear({ view: told.view, inFlight: new Map() }, agenda.nowMs);
          look(isolate);
        });
      });
    });
    const nextMs = beatMs * (1 + BEAT_SPREAD * (2 * rng() - 1));
    agenda.at(agenda.nowMs + nextMs, () => beat(isolate, beatMs));
  };

  const request = (isolate: SimIsolate): void => {
    const startedAtMs = agenda.nowMs;
    const candidate = isolate.choose(startedAtMs);
    const { id } = candidate.endpoint;
    isolate.learned.tryStarted(candidate, startedAtMs);
    const isBad = id === bad && startedAtMs >= faultAtMs && (fault !== "gray" || rng() < 0.3);
    const latencyMs = isBad && fault === "stalls" ? GIVEN_UP_MS : ANSWER_MS;
    agenda.at(startedAtMs + latencyMs, () => {
      const outcome = isBad ? "failure" : "success";
      const settlement = { outcome, latencyMs } as const;
      isolate.learned.tryEnded(candidate, settlement, startedAtMs, agenda.nowMs);
      isolate.counters.tried(id, outcome, true);
      look(isolate);
    });
  };

  for (const isolate of isolates) agenda.at(NOW + rng() * 1_000, () => beat(isolate, 1_000));
  const endMs = faultAtMs + WATCHED_MS;
  for (let ms = NOW; ms < endMs; ms += (-Math.log(1 - rng()) * 1_000) / rps) {
    const isolate = isolates[Math.floor(rng() * isolates.length)];
    if (isolate !== undefined) agenda.at(ms, () => request(isolate));
  }
  let before = 0;
  for (let ms = NOW; ms < endMs && leftAtMs.size < 0.99 * count; ms += STEP_MS) {
    agenda.runUntil(ms);
    // An exchange answers in the same turn of time, but a promise later.
    await Promise.resolve();
    await Promise.resolve();
    if (ms < faultAtMs) continue;
    if (ms === faultAtMs) before = wouldGo();
    const isAsked = (ms - faultAtMs) % LOOK_MS === 0 && movedMs === Number.POSITIVE_INFINITY;
    if (isAsked && wouldGo() <= 0.01 * before) movedMs = ms - faultAtMs;
  }
  const times = [...leftAtMs.values()].sort((one, other) => one - other);
  const leftMs = times[Math.ceil(0.99 * count) - 1] ?? Number.POSITIVE_INFINITY;
  return { movedMs: Math.min(movedMs, leftMs), leftMs, ejectedMs };
}

function pushOf(ids: readonly EndpointId[]): Push {
  const at = { schema: SCHEMA, account: "default", version: 1 as TableVersion };
  const unprobed = ids.map((id) => ({ endpoint: id, pool: "p", name: id }));
  return { ...at, manifest: seal({ ...at, hosts: {} }), shards: {}, targets: [], unprobed };
}
