/**
 * What the other regions say of an endpoint that this one calls down: whether it is dead, or only the way from here is broken.
 *
 * Each region sends its own requests where its own probes lead, so nothing moves by it, and operators are told. One thing waits for it: the
 * governor, when it is asked to take away what no visitor has tried lately and the limit has no room for.
 */

import { type Sight, seeing, trustMsOf, verdictBy, votesOf } from "../../routing/health/quorum.ts";
import { REGIONS, type Region } from "../../routing/names.ts";
import type { RegionStatus } from "../../routing/region-status.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { within } from "../deadline.ts";
import type { Health } from "./health.ts";
import type { News } from "./news.ts";

/** Six of the usual intervals: sooner an answer would be about the others' phases. */
const ASK_AFTER_MS_MIN = 30_000;
/** A verdict that is so many times older was asked about by an instance before, or nobody was there to ask. */
const ASK_UNTIL_RATIO = 3;
const LOOK_MS = 1_000;
const STATUS_TIMEOUT_MS = 2_000;
/** Told of at once: with more of them it is not one endpoint that is dead. */
const TOLD_MAX = 50;

export interface Others {
  readonly ports: Pick<ObjectPorts, "objects" | "timers">;
  readonly region: Region;
}

export class SecondOpinion {
  readonly #others: Others;
  readonly #health: Health;
  /** When the verdict flipped that was asked about. */
  readonly #asked = new Map<EndpointId, Ms>();
  /** When the verdict flipped of those that as many other regions reach as do not. */
  readonly #reached = new Map<EndpointId, Ms>();
  #asking: ReadonlySet<EndpointId> = new Set();
  #news: readonly News[] = [];
  #lookedAtMs: Ms = 0;

  constructor(others: Others, health: Health) {
    this.#others = others;
    this.#health = health;
  }

  /** What has been heard since the last time. Asks about those that have been down for a while; never waits, never throws. */
  take(subjects: ReadonlyMap<EndpointId, string>, nowMs: Ms): readonly News[] {
    const news = this.#news;
    this.#news = [];
    if (this.#asking.size > 0 || nowMs - this.#lookedAtMs < LOOK_MS) return news;
    this.#lookedAtMs = nowMs;
    const fallen = this.#fallen(nowMs);
    if (fallen.length === 0) return news;
    this.#asking = new Set(fallen);
    this.#ask(fallen, subjects, nowMs)
      .catch(() => {
        // Whoever does not answer says nothing.
      })
      .finally(() => {
        this.#asking = new Set();
      });
    return news;
  }

  /** Of one that is called down here: whether others do so too, as far as they could be asked. `pending` for as long as nobody was. */
  of(endpoint: EndpointId, nowMs: Ms): "pending" | "agrees" | "reaches it" {
    const changedAtMs = this.#health.of(endpoint)?.changedAtMs;
    if (changedAtMs === undefined) return "agrees";
    if (this.#reached.get(endpoint) === changedAtMs) return "reaches it";
    const isDue = nowMs - changedAtMs <= ASK_UNTIL_RATIO * this.#askAfterMs(endpoint);
    const wasAsked = this.#asked.get(endpoint) === changedAtMs && !this.#asking.has(endpoint);
    return isDue && !wasAsked ? "pending" : "agrees";
  }

  readonly #askAfterMs = (endpoint: EndpointId): Ms =>
    Math.max(ASK_AFTER_MS_MIN, this.#health.settleMsOf(endpoint));

  #fallen(nowMs: Ms): readonly EndpointId[] {
    const fallen: EndpointId[] = [];
    for (const endpoint of this.#asked.keys()) {
      if (!this.#health.isHealthy(endpoint)) continue;
      this.#asked.delete(endpoint);
      this.#reached.delete(endpoint);
    }
    for (const [id, { healthy, changedAtMs }] of Object.entries(this.#health.view())) {
      const endpoint = id as EndpointId;
      if (healthy) continue;
      const ageMs = nowMs - changedAtMs;
      const afterMs = this.#askAfterMs(endpoint);
      if (ageMs < afterMs || ageMs > ASK_UNTIL_RATIO * afterMs) continue;
      if (this.#asked.get(endpoint) === changedAtMs || fallen.length === TOLD_MAX) continue;
      this.#asked.set(endpoint, changedAtMs);
      fallen.push(endpoint);
    }
    return fallen;
  }

  async #ask(
    fallen: readonly EndpointId[],
    subjects: ReadonlyMap<EndpointId, string>,
    nowMs: Ms,
  ): Promise<void> {
    const { region: here } = this.#others;
    const others = REGIONS.filter((region) => region !== here);
    const heard = await Promise.all(others.map((region) => this.#statusOf(region)));
    const sights = heard.filter((status) => status !== null);
    const health = this.#health.view();
    const own: Sight = { region: here, blind: false, lastRoundAtMs: nowMs, health };
    const voters = seeing([own, ...sights], nowMs, trustMsOf(0));
    this.#news = fallen.flatMap((endpoint) => {
      const votes = votesOf(endpoint, voters);
      const verdict = verdictBy(votes, REGIONS.length);
      const subject = subjects.get(endpoint);
      const changedAtMs = this.#health.of(endpoint)?.changedAtMs ?? 0;
      // Its own vote is what is doubted.
      if (votes.healthy.length >= votes.unhealthy.length) this.#reached.set(endpoint, changedAtMs);
      if (this.#health.isHealthy(endpoint) || verdict === "unknown" || !subject) return [];
      const [up, down] = [votes.healthy.length, votes.unhealthy.length];
      const all = up + down;
      const detail =
        verdict === "unhealthy"
          ? `unhealthy in ${down} of ${all} regions that see: the endpoint is down`
          : `unhealthy from here, but ${up} of ${all} regions that see reach it: the way from here is broken`;
      const numbers = { healthy: up, unhealthy: down, regions: REGIONS.length };
      return [{ subject, detail, evidence: { rule: "quorum", numbers } }];
    });
  }

  async #statusOf(region: Region): Promise<RegionStatus | null> {
    const { objects, timers } = this.#others.ports;
    const work = (async () => objects.region(region).status())();
    return within(timers, STATUS_TIMEOUT_MS, work).catch(() => null);
  }
}
