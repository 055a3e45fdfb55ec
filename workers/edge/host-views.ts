/**
 * What the region says of hosts that are new to this isolate, until the region has heard that it holds them.
 *
 * The colo keeps what its isolates were told last, host by host, because they hold different hosts; KV keeps what the region
 * published, of all. Neither may make a visitor wait for long, and a Durable Object is asked by the beat alone.
 */
import type { PublishedView, RegionView } from "../../routing/exchange.ts";
import { BEAT_MS_MIN, VIEW_PUBLISH_MS } from "../../routing/limits.ts";
import { type Region, shardViewKey, viewKey } from "../../routing/names.ts";
import type { Colo, Ms } from "../../routing/units.ts";
import { restricted, scopeOf, unspoken } from "../../routing/view-scope.ts";
import type { EdgePorts } from "../ports.ts";
import type { Claims } from "./claims.ts";
import { Flights } from "./flights.ts";
import type { Held } from "./held.ts";
import { quietly } from "./quietly.ts";

/** Each is a call of the colo cache: an isolate with more hosts takes turns, and asks KV. */
const HOSTS_AT_ONCE = 4;
/** What an isolate was told is of use to others for a while; then KV has had the time to know the same. */
const CACHE_SECONDS = 600;

interface Published {
  readonly text: string;
  readonly readAtMs: Ms;
  /** Parsed when it is first wanted: where the colo knows better that is never, and 10,000 endpoints take 40 ms. */
  view?: RegionView | null;
}

export class HostViews {
  readonly #ports: Pick<EdgePorts, "cache" | "clock" | "kv">;
  readonly #place: { readonly colo: Colo; readonly region: Region };
  readonly #held: Held;
  readonly #flights: Flights;
  #published: Published | null = null;
  #turn = 0;

  constructor(ports: EdgePorts, place: { colo: Colo; region: Region }, held: Held) {
    this.#ports = ports;
    this.#place = place;
    this.#held = held;
    this.#flights = new Flights(ports, BEAT_MS_MIN);
  }

  /** Reads what KV has, whatever the host. Hosts that come within a second share one reading: it may be of megabytes. */
  readPublished(): Promise<void> {
    return this.#flights.join("published", async () => {
      const readAtMs = this.#ports.clock.nowMs();
      const text = await quietly(this.#ports.kv.get(viewKey(this.#place.region)));
      if (text !== null) this.#published = { text, readAtMs };
    });
  }

  /**
   * Ends when the best is known that can be had of these hosts; what KV had, if it was asked. `ready`: their sites are held, so that it is known
   * which pools matter. `claims`: where no visitor waits, one of the colo asks KV.
   */
  async learn(
    hostKeys: readonly string[],
    ready: Promise<unknown>,
    claims?: Claims,
  ): Promise<RegionView | null> {
    const nowMs = this.#ports.clock.nowMs();
    const [views] = await Promise.all([this.#fromColo(hostKeys), ready]);
    const isKnown = this.#held.isTold(hostKeys);
    for (const view of views) this.#held.takeView(view);
    // Another host has the same pools, or the region tells everything.
    if (isKnown) return null;
    const areCurrent = views.every(({ asOfMs }) => nowMs - asOfMs <= VIEW_PUBLISH_MS);
    if (areCurrent && this.#held.isTold(hostKeys)) return null;
    if (claims !== undefined && !(await claims.isMine(viewKey(this.#place.region)))) return null;
    await this.readPublished();
    const view = this.#parsed();
    if (view !== null) this.#held.takeView(view);
    return view;
  }

  /** Takes over what other isolates of the colo were told of hosts that this one holds. */
  async refresh(hostKeys: readonly string[]): Promise<void> {
    for (const view of await this.#fromColo(hostKeys)) this.#held.takeView(view);
  }

  /** A few of those held, others the next time. */
  someHosts(): readonly string[] {
    const hosts = this.#held.inUse();
    const first = this.#turn < hosts.length ? this.#turn : 0;
    this.#turn = first + HOSTS_AT_ONCE;
    return hosts.slice(first, this.#turn);
  }

  /** What was heard, for the colo. */
  share(view: RegionView, share: (key: string, text: string, seconds: number) => void): void {
    for (const hostKey of this.someHosts()) {
      const part = this.#held.shardOf(hostKey);
      // Of a host that came after the report it says nothing, and the colo may know more.
      if (part === null || unspoken(view, part.shard.pools).length > 0) continue;
      const ofHost = restricted(view, scopeOf(part.shard.pools));
      share(shardViewKey(this.#place.region, part.hash), JSON.stringify(ofHost), CACHE_SECONDS);
    }
    const { readAtMs = 0 } = this.#published ?? {};
    if (this.#ports.clock.nowMs() - readAtMs >= BEAT_MS_MIN) this.#published = null;
  }

  #parsed(): RegionView | null {
    if (this.#published === null) return null;
    this.#published.view ??= publishedFor(this.#published.text, this.#place.colo);
    return this.#published.view;
  }

  async #fromColo(hostKeys: readonly string[]): Promise<readonly RegionView[]> {
    const hashes = hostKeys.slice(0, HOSTS_AT_ONCE).flatMap((key) => this.#held.hashOf(key) ?? []);
    const keys = hashes.map((hash) => shardViewKey(this.#place.region, hash));
    const texts = await Promise.all(keys.map((key) => quietly(this.#ports.cache.get(key))));
    return texts.flatMap((text) => (text === null ? [] : (viewIn(text) ?? [])));
  }
}

/** As the colo keeps it; `null` for what is no JSON. What it says is looked at when it is taken over. */
function viewIn(text: string): RegionView | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" ? (value as RegionView | null) : null;
  } catch {
    return null;
  }
}

/** As KV keeps it, for every colo of the region; `null` for what no view can be made of. */
export function publishedFor(text: string, colo: Colo): RegionView | null {
  try {
    const { latencyMs, ...view } = JSON.parse(text) as PublishedView;
    return { ...view, latencyMs: latencyMs[colo] ?? {} };
  } catch {
    // The exchange brings the next one.
    return null;
  }
}
