/**
 * Which isolate of a colo asks KV for what all of them lack, so that a slow store is not asked again by everybody who waits for it.
 *
 * The colo's cache has no lock. Whoever finds no claim leaves one, waits until all who came in the same moment have left theirs, and asks if the
 * last one is its own. A cache that forgets or fails lets several ask: a claim keeps nobody from an answer that the colo will not get otherwise.
 */
import { claimKey } from "../../routing/names.ts";
import type { Ms } from "../../routing/units.ts";
import type { EdgePorts } from "../ports.ts";

/** Longer than a slow read takes, and how rarely a colo asks a store that is down for the same. */
const CLAIM_MS: Ms = 10_000;
/** A look and a write of the colo's cache take a few milliseconds each. */
const SETTLED_MS: Ms = 100;

type Ports = Pick<EdgePorts, "cache" | "chance" | "clock" | "kv" | "timers">;

export class Claims {
  readonly #ports: Ports;
  readonly #name: string;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#name = ports.chance.id();
  }

  /** What KV has; `null` also when another isolate of the colo asks. Errors: as KV. */
  async fromKv(key: string): Promise<string | null> {
    return (await this.isMine(key)) ? this.#ports.kv.get(key) : null;
  }

  /** For work that nobody waits for: takes `SETTLED_MS`. False: another isolate asks, and what it brings is in the colo's cache soon. */
  async isMine(key: string): Promise<boolean> {
    const { cache, clock, timers } = this.#ports;
    const entry = claimKey(key);
    try {
      if (isHeld(await cache.get(entry), clock.nowMs())) return false;
      const claim = `${this.#name} ${clock.nowMs() + CLAIM_MS}`;
      await cache.put(entry, claim, CLAIM_MS / 1_000);
      await timers.wait(SETTLED_MS);
      const last = await cache.get(entry);
      return last === null || last === claim;
    } catch {
      return true;
    }
  }
}

/** By its own time: a cache may keep what is over. */
const isHeld = (claim: string | null, nowMs: Ms): boolean =>
  claim !== null && Number(claim.split(" ")[1]) > nowMs;
