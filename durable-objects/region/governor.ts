/**
 * What probes and traffic want to take away passes here before edges are told (`velocity-limit`, `two-views`).
 *
 * What is wanted is read from the verdicts and the ejections as they are, again and again, and never remembered: an endpoint
 * that is held is looked at with each of its probes and, while anything is heard, once a second. Kept is what was ruled of each,
 * because an edge that was told must not be told otherwise by the next instance.
 */
import type { Event, Held, RegionView, Report } from "../../routing/exchange.ts";
import {
  Heard,
  isCorroborated,
  SILENT,
  SILENT_PATIENCE_MS,
  type Word,
} from "../../routing/guard/corroboration.ts";
import { govern, type PoolMoves, UNMOVED } from "../../routing/guard/governor.ts";
import { BUCKET_MS } from "../../routing/health/outcome-window.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { Documents } from "../storage/documents.ts";
import type { Ejections } from "./ejections.ts";
import { type Overrides, overlaid, overridesOf, type Ruling } from "./governed-view.ts";
import type { Health } from "./health.ts";
import { type Member, membersOf } from "./members.ts";
import type { Tables } from "./tables.ts";

type News = Pick<Event, "subject" | "detail">;
type Who = Held["who"];

type Rulings = Map<EndpointId, Ruling>;

interface Stored {
  readonly moves: readonly (readonly [pool: string, moves: PoolMoves])[];
  readonly probe: readonly (readonly [EndpointId, Ruling])[];
  readonly passive: readonly (readonly [EndpointId, Ruling])[];
}

interface Wanted {
  readonly who: Who;
  readonly key: Ms;
  /** How long it has been wanted. */
  readonly forMs: Ms;
  readonly because: string;
}

const DOCUMENT = "governor";
/** By then nothing is let in slowly any more, neither an endpoint nor a priority level. */
const SPARED_MS = 60_000;

export interface Governed {
  readonly tables: Tables;
  readonly health: Health;
  readonly ejections: Ejections;
}

export class Governor {
  readonly #documents: Documents;
  readonly #governed: Governed;
  readonly #moves: Map<string, PoolMoves>;
  readonly #rulings: Readonly<Record<Who, Rulings>>;
  readonly #heard = new Map<EndpointId, Heard>();
  #members: ReadonlyMap<EndpointId, Member> = new Map();
  #lookedAtMs: Ms = 0;
  /** Since when this instance hears traffic: what was reported to the one before is not known. */
  #hearsSinceMs: Ms | null = null;
  /** When a report last had an answer in it, of whatever endpoint. */
  #answeredAtMs: Ms = 0;
  #overrides: Overrides | null = null;

  constructor(documents: Documents, governed: Governed) {
    this.#documents = documents;
    this.#governed = governed;
    const stored = (documents.read(DOCUMENT) as Stored | null) ?? standingOf(governed);
    const { moves, probe, passive } = stored;
    this.#moves = new Map(moves);
    this.#rulings = { probe: new Map(probe), passive: new Map(passive) };
  }

  /** Of an endpoint or a pool that is gone nothing is kept. */
  retarget(): void {
    this.#members = membersOf(this.#governed.tables.members());
    const pools = new Set([...this.#members.values()].map(({ pool }) => pool));
    this.#overrides = null;
    for (const kept of [this.#rulings.probe, this.#rulings.passive, this.#heard]) {
      for (const endpoint of kept.keys()) if (!this.#members.has(endpoint)) kept.delete(endpoint);
    }
    for (const pool of this.#moves.keys()) if (!pools.has(pool)) this.#moves.delete(pool);
  }

  /** What is new by this report, whose ejections have been made. Cost: small for each endpoint of it, and for what is held. */
  fold({ endpoints }: Report, nowMs: Ms): readonly News[] {
    for (const [id, report] of Object.entries(endpoints)) {
      const endpoint = id as EndpointId;
      if (!this.#members.has(endpoint)) continue;
      const heard = this.#heard.get(endpoint) ?? new Heard();
      this.#heard.set(endpoint, heard);
      heard.fold(report, nowMs);
      if (report.outcomes.success > 0) this.#answeredAtMs = nowMs;
    }
    return [...this.#lookAtEjected(nowMs), ...this.#lookAtHeld(nowMs)];
  }

  /** What is new because probes ended, and those of `endpoints` count now. */
  settle(endpoints: Iterable<EndpointId>, nowMs: Ms): readonly News[] {
    return [
      ...this.#lookAt(endpoints, nowMs),
      ...this.#lookAtEjected(nowMs),
      ...this.#lookAtHeld(nowMs),
    ];
  }

  /** What edges are told of verdicts and ejections. The same objects while nothing is held. */
  told<V extends Pick<RegionView, "health" | "ejected">>(view: V): V {
    this.#overrides ??= overridesOf(this.#rulings);
    return overlaid(view, this.#overrides);
  }

  /** For people. */
  held(): Readonly<Record<EndpointId, Held>> {
    const held: Record<EndpointId, Held> = {};
    for (const who of ["passive", "probe"] as const) {
      for (const endpoint of this.#heldBy(who)) {
        const ruling = this.#rulings[who].get(endpoint);
        if (ruling === undefined) continue;
        held[endpoint] = { who, sinceMs: ruling.sinceMs, reason: ruling.reason };
      }
    }
    return held;
  }

  /** Call it inside the transaction that stores the verdicts. */
  store(): void {
    const { probe, passive } = this.#rulings;
    const stored: Stored = { moves: [...this.#moves], probe: [...probe], passive: [...passive] };
    this.#documents.write(DOCUMENT, stored);
  }

  *#heldBy(who: Who): Iterable<EndpointId> {
    for (const [endpoint, { kind }] of this.#rulings[who]) if (kind === "held") yield endpoint;
  }

  /** Once a second: whatever holds it may have passed, and nobody tells of that. */
  #lookAtHeld(nowMs: Ms): readonly News[] {
    const sinceMs = nowMs - this.#lookedAtMs;
    if (sinceMs >= 0 && sinceMs < BUCKET_MS) return [];
    this.#lookedAtMs = nowMs;
    return this.#lookAt([...this.#heldBy("probe")], nowMs);
  }

  #lookAt(endpoints: Iterable<EndpointId>, nowMs: Ms): readonly News[] {
    return [...endpoints].flatMap((endpoint) => this.#lookAtVerdict(endpoint, nowMs));
  }

  #lookAtVerdict(endpoint: EndpointId, nowMs: Ms): readonly News[] {
    const known = this.#rulings.probe.get(endpoint);
    const health = this.#governed.health.viewOf([endpoint])[endpoint];
    if (health === undefined || health.healthy) {
      if (known?.kind === "held" && health !== undefined) {
        this.#set("probe", endpoint, { ...known, kind: "spared", key: health.changedAtMs });
        return this.#news(endpoint, "held no more: probes see it healthy again");
      }
      const isSpared = known?.kind === "spared" && nowMs - known.key < SPARED_MS;
      if (known !== undefined && !isSpared) this.#drop("probe", endpoint);
      return [];
    }
    const { changedAtMs: key, reason: because } = health;
    return this.#rule(endpoint, { who: "probe", key, forMs: nowMs - key, because }, nowMs);
  }

  #lookAtEjected(nowMs: Ms): readonly News[] {
    const ejected = this.#governed.ejections.view(nowMs);
    const rulings = this.#rulings.passive;
    for (const endpoint of rulings.keys()) {
      if (!(endpoint in ejected)) this.#drop("passive", endpoint);
    }
    return Object.entries(ejected).flatMap(([id, { untilMs: key, reason: because }]) =>
      key > nowMs
        ? this.#rule(id as EndpointId, { who: "passive", key, forMs: 0, because }, nowMs)
        : [],
    );
  }

  #rule(endpoint: EndpointId, wanted: Wanted, nowMs: Ms): readonly News[] {
    const { who, key } = wanted;
    const known = this.#rulings[who].get(endpoint);
    const isKnown = known?.key === key;
    if (isKnown && known.kind === "out") return [];
    const member = this.#members.get(endpoint);
    // It is gone from the table, or already out by the other's word: nothing more is taken away.
    if (member === undefined || this.#isOut(endpoint, who, nowMs)) {
      this.#set(who, endpoint, { kind: "out", key, sinceMs: nowMs, reason: "" });
      return [];
    }
    const { pool, share } = member;
    const word = this.#heard.get(endpoint)?.word(nowMs, this.#answeredAtMs) ?? SILENT;
    this.#hearsSinceMs ??= nowMs;
    const forMs = Math.min(wanted.forMs, nowMs - this.#hearsSinceMs);
    const moves = this.#moves.get(pool) ?? UNMOVED;
    const move = { who, what: endpoint, kind: "removed", share, isWhole: true } as const;
    const within = govern(moves, move, { nowMs });
    const isAgreed =
      within.answer.kind === "held" && this.#isCorroborated(endpoint, word, forMs, nowMs);
    const { answer, moves: after } = isAgreed
      ? govern(moves, { ...move, isCorroborated: true }, { nowMs })
      : within;
    this.#moves.set(pool, after);
    if (answer.kind === "held") {
      const sinceMs = isKnown ? known.sinceMs : nowMs;
      const reason = heldReason(wanted, word, answer.reason);
      this.#set(who, endpoint, { kind: "held", key, sinceMs, reason });
      return isKnown ? [] : this.#news(endpoint, `held: ${reason}`);
    }
    this.#set(who, endpoint, { kind: "out", key, sinceMs: nowMs, reason: "" });
    if (isAgreed)
      return this.#news(endpoint, `taken away beyond the limit: ${agreed(wanted, word)}`);
    return isKnown ? this.#news(endpoint, "taken away: the limit has room again") : [];
  }

  /** Where traffic is silent other regions are the second view: one that they reach stays. */
  #isCorroborated(endpoint: EndpointId, word: Word, forMs: Ms, nowMs: Ms): boolean {
    if (!isCorroborated(word, forMs)) return false;
    if (word.says !== "silent") return true;
    return this.#governed.ejections.secondOpinion(endpoint, nowMs) === "agrees";
  }

  #isOut(endpoint: EndpointId, except: Who, nowMs: Ms): boolean {
    if (except === "probe") {
      const ruling = this.#rulings.passive.get(endpoint);
      return ruling?.kind === "out" && ruling.key > nowMs;
    }
    const isHealthy = this.#governed.health.isHealthy(endpoint);
    return !isHealthy && this.#rulings.probe.get(endpoint)?.kind === "out";
  }

  #set(who: Who, endpoint: EndpointId, ruling: Ruling): void {
    this.#overrides = null;
    this.#rulings[who].set(endpoint, ruling);
  }

  #drop(who: Who, endpoint: EndpointId): void {
    this.#overrides = null;
    this.#rulings[who].delete(endpoint);
  }

  #news(endpoint: EndpointId, detail: string): readonly News[] {
    return [{ subject: this.#members.get(endpoint)?.subject ?? endpoint, detail }];
  }
}

/** Of a region of a release that had no governor: what is out has been told, and stays out. */
function standingOf({ health, ejections }: Governed): Stored {
  const out = (key: Ms): Ruling => ({ kind: "out", key, sinceMs: key, reason: "" });
  const down = Object.entries(health.view()).filter(([, { healthy }]) => !healthy);
  return {
    moves: [],
    probe: down.map(([id, { changedAtMs }]) => [id as EndpointId, out(changedAtMs)]),
    passive: Object.entries(ejections.view(0)).map(([id, { untilMs }]) => [
      id as EndpointId,
      out(untilMs),
    ]),
  };
}

function heldReason({ who, because }: Wanted, { says, detail }: Word, limit: string): string {
  if (who === "passive") return `traffic speaks against it (${because}), but ${detail}; ${limit}`;
  const other = says === "works" ? "traffic does not" : "traffic says nothing";
  return `probes call it down (${because}), ${other}: ${detail}; ${limit}`;
}

const agreed = ({ who, because }: Wanted, { says, detail }: Word): string =>
  who === "probe" && says === "silent"
    ? `probes have called it down (${because}) for ${SILENT_PATIENCE_MS / 1_000} s, and ${detail}`
    : `${because}; traffic: ${detail}`;
