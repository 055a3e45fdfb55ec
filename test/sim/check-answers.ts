/**
 * Every request is answered: by an endpoint that its isolate may know as configured, or by a documented
 * problem of ours that something in this run explains.
 *
 * How stale an isolate may be is not a number of seconds: it may decide by any version, until it has heard a beat that
 * tells of a newer one (and carries the shards of the hosts it holds). It must not go back behind that. One that is ahead
 * of its region, because KV has a version before regions do, cannot use what the beat carries: when the shard of its own version
 * is lost on the way from KV, it serves on what it had, until the next beat.
 */
import type { Beat, Report } from "../../routing/exchange.ts";
import { DEADLINE_MS, HEDGE_COST, RETRY_SAVINGS_START, TRIES_MAX } from "../../routing/limits.ts";
import { readManifest, readStored } from "../../routing/snapshot.ts";
import { type Bench, CONVERGED_WITHIN_MS } from "./bench.ts";
import { HOSTS } from "./documents.ts";
import { visitOf } from "./planet.ts";
import type { Answer, HeardCall, Visit, Watcher } from "./watcher.ts";

/** The deadline of a request, and the second that a cold isolate may look for its snapshot before it. */
const ANSWERED_WITHIN_MS = DEADLINE_MS + 1_500;
interface Pending {
  readonly visit: Visit;
  /** The oldest version it may be decided by. */
  readonly floor: number;
  readonly holdsShard: boolean;
  readonly struck: number;
  readonly wasAnySick: boolean;
  lost: boolean;
  tries: number;
}

export class CheckAnswers implements Watcher {
  readonly #bench: Bench;
  readonly #pending = new Map<number, Pending>();
  /** `isolate host` → the version of the last beat whose shard for the host it has. */
  readonly #floors = new Map<string, number>();
  /** The same before that beat. */
  readonly #floorsBefore = new Map<string, number>();
  readonly #holds = new Set<string>();
  /** Isolate → tries beyond the first of each visit. */
  readonly #again = new Map<string, number>();
  /** Isolate → the newest version whose manifest it has read. */
  readonly #learnt = new Map<string, number>();
  #convergedAtMs = Number.POSITIVE_INFINITY;

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  arrived(visit: Visit): void {
    const { origins } = this.#bench;
    const key = `${visit.isolate} ${visit.host}`;
    this.#pending.set(visit.number, {
      visit,
      floor: this.#floors.get(key) ?? 1,
      holdsShard: this.#holds.has(key),
      struck: origins.struck,
      wasAnySick: origins.isAnySick,
      lost: false,
      tries: 0,
    });
  }

  tried(isolate: string, _address: string, visitNumber: number): void {
    const pending = this.#pending.get(visitNumber);
    if (pending === undefined) return;
    pending.tries += 1;
    if (pending.tries > 1) this.#again.set(isolate, (this.#again.get(isolate) ?? 0) + 1);
  }

  lost({ from, to, what }: Parameters<NonNullable<Watcher["lost"]>>[0]): void {
    if (to === "KV" && what.startsWith("get v1:shard:")) this.#withoutShard(from);
    const number = visitOf(what);
    const pending = number === null ? undefined : this.#pending.get(number);
    if (pending !== undefined) pending.lost = true;
  }

  learnt(isolate: string, stored: string): void {
    const manifest = readManifest(readStored(stored).text);
    const version = manifest.ok ? manifest.value.version : 0;
    this.#learnt.set(isolate, Math.max(this.#learnt.get(isolate) ?? 0, version));
  }

  #withoutShard(isolate: string): void {
    for (const host of HOSTS) {
      const key = `${isolate} ${host}`;
      const before = this.#floorsBefore.get(key);
      if (before !== undefined) this.#floors.set(key, before);
    }
  }

  heard({ caller, method, args, result, isPrompt }: HeardCall): void {
    // By the time a late beat is here the isolate may be ahead of it, and cannot use what it carries.
    if (method !== "exchange" || !isPrompt) return;
    const report = args[0] as Report;
    const { manifestHash } = result as Beat;
    const version =
      manifestHash === null ? undefined : this.#bench.history.versionOfManifest(manifestHash);
    if (version === undefined) return;
    // It is already ahead of its region, thanks to KV or its colo's cache.
    if (Math.max(report.version ?? 0, this.#learnt.get(caller) ?? 0) > version) return;
    for (const host of HOSTS) {
      const key = `${caller} ${host}`;
      const isHeld = Object.hasOwn(report.shards, host);
      const floor = this.#floors.get(key) ?? 1;
      if (isHeld) {
        this.#floorsBefore.set(key, floor);
        this.#floors.set(key, Math.max(version, floor));
      }
      if (isHeld && this.#bench.history.allowed(version, host) !== null) this.#holds.add(key);
      else this.#holds.delete(key);
    }
  }

  answered(visit: Visit, answer: Answer): void {
    const pending = this.#pending.get(visit.number);
    if (pending === undefined) {
      this.#bench.violated(`visit ${visit.number} was answered twice`);
      return;
    }
    this.#pending.delete(visit.number);
    if (pending.tries > 1 && answer.status === 200) {
      this.#bench.timeline.note("failover", `${visit.number} after ${pending.tries} tries`);
    }
    const wrong = answer.contentType.startsWith("text/plain")
      ? this.#wrongEndpoint(pending, answer)
      : this.#unexplained(pending, answer);
    if (wrong !== null) {
      this.#bench.violated(`visit ${visit.number} to ${visit.host} at ${visit.isolate}: ${wrong}`);
    }
  }

  step(): void {
    const [oldest] = this.#pending.values();
    if (oldest === undefined) return;
    if (this.#bench.kernel.nowMs - oldest.visit.arrivedMs <= ANSWERED_WITHIN_MS) return;
    this.#bench.violated(`visit ${oldest.visit.number} at ${oldest.visit.isolate} has no answer`);
  }

  quiet(): void {
    this.#convergedAtMs = this.#bench.kernel.nowMs + CONVERGED_WITHIN_MS;
  }

  #oldestAllowed({ visit, floor }: Pending): number {
    return visit.arrivedMs >= this.#convergedAtMs ? this.#bench.history.latest : floor;
  }

  #wrongEndpoint(pending: Pending, { status, body: address }: Answer): string | null {
    const { history, origins } = this.#bench;
    if (status !== 200 && origins.noiseRatio === 0 && !origins.wasSick(address)) {
      return `${address} answered ${status}, which it never did`;
    }
    const oldest = this.#oldestAllowed(pending);
    for (let version = history.latest; version >= oldest; version -= 1) {
      if (history.allowed(version, pending.visit.host)?.has(address)) return null;
    }
    return `${address} answered, which no version from ${oldest} to ${history.latest} has for it`;
  }

  #unexplained(pending: Pending, { status, contentType, body }: Answer): string | null {
    if (contentType !== "application/problem+json")
      return `${status} with ${contentType} is no problem of ours`;
    const { title } = JSON.parse(body) as { title: string };
    this.#bench.timeline.note(`problem ${title}`, `${pending.visit.number}`);
    return this.#isExplained(title, pending)
      ? null
      : `${status} ${title} has no reason in this run`;
  }

  #isExplained(title: string, pending: Pending): boolean {
    const { origins } = this.#bench;
    if (title === "unknown-host") return this.#maybeAbsent(pending);
    if (pending.visit.arrivedMs >= this.#convergedAtMs) return false;
    // A host that was gone for a while took its shard with it.
    if (title === "no-snapshot") return !pending.holdsShard || this.#maybeAbsent(pending);
    if (title !== "endpoint-failed" && title !== "deadline" && title !== "no-endpoint")
      return false;
    const isTrouble = pending.lost || pending.wasAnySick || origins.struck > pending.struck;
    return isTrouble && pending.tries >= this.#triesOwed(pending);
  }

  /**
   * Before a visitor sees a failure, every endpoint that there is was tried, up to the limit of tries; but once, when so many were
   * tried again before that the savings may be spent.
   */
  #triesOwed(pending: Pending): number {
    const { history } = this.#bench;
    const again = this.#again.get(pending.visit.isolate) ?? 0;
    if (again >= RETRY_SAVINGS_START / HEDGE_COST) return 1;
    let owed = TRIES_MAX;
    for (let version = this.#oldestAllowed(pending); version <= history.latest; version += 1) {
      const addresses = history.allowed(version, pending.visit.host);
      if (addresses !== null) owed = Math.min(owed, addresses.size);
    }
    return owed;
  }

  #maybeAbsent(pending: Pending): boolean {
    const { history } = this.#bench;
    for (let version = this.#oldestAllowed(pending); version <= history.latest; version += 1) {
      if (history.allowed(version, pending.visit.host) === null) return true;
    }
    return false;
  }
}
