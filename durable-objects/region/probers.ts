/**
 * The further probers of a region, as its object knows them: who probes what, who was heard when, who is to be told.
 *
 * One that is silent says nothing about its endpoints. Their verdicts are kept, but after `HEALTH_TRUST_MS` nobody vouches
 * for them, and they are left out of what edges and DNS are told, which then go on as if nobody had probed them.
 */
import type { Event, ProbeTarget, RegionView } from "../../routing/exchange.ts";
import { hashOf } from "../../routing/hash.ts";
import { sharesOf } from "../../routing/health/probe-shares.ts";
import type {
  ProberOrders,
  ProberReport,
  ProberStatus,
  ProbeShare,
} from "../../routing/health/prober-report.ts";
import { HEALTH_TRUST_MS, PROBER_BEAT_MS, SCHEMA } from "../../routing/limits.ts";
import type { Region } from "../../routing/names.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import { within } from "../deadline.ts";

type News = Pick<Event, "subject" | "detail">;

const ASSIGN_TIMEOUT_MS = 5_000;

interface Known {
  readonly share: ProbeShare;
  /** Of the share it was last heard to have. */
  held: string | null;
  heardMs: Ms;
  askedMs: Ms;
  isSilent: boolean;
  blind: boolean;
}

const shareOf = (targets: readonly ProbeTarget[]): ProbeShare => ({
  schema: SCHEMA,
  hash: hashOf(JSON.stringify(targets)),
  targets,
});

export class Probers {
  readonly #ports: Pick<ObjectPorts, "objects" | "timers">;
  readonly #region: Region;
  #targets: ReadonlyMap<EndpointId, ProbeTarget> = new Map();
  /** By number, from 1: number 0 is the region's object itself. */
  #known = new Map<number, Known>();
  /** Endpoints of those that are silent. */
  #unvouched: ReadonlySet<EndpointId> = new Set();
  #isCalling = false;

  constructor(ports: Pick<ObjectPorts, "objects" | "timers">, region: Region) {
    this.#ports = ports;
    this.#region = region;
  }

  /** What the region probes, whoever does it. */
  get targets(): ReadonlyMap<EndpointId, ProbeTarget> {
    return this.#targets;
  }

  /** Divides them anew; answers what the region's object probes itself. Cost: hashes the shares of the others. */
  retarget(targets: readonly ProbeTarget[], nowMs: Ms): readonly ProbeTarget[] {
    this.#targets = new Map(targets.map((target) => [target.endpoint, target]));
    const [own = [], ...others] = sharesOf([...this.#targets.values()]);
    const before = this.#known;
    this.#known = new Map(
      others.map((part, index) => {
        const share = shareOf(part);
        const known = before.get(index + 1);
        const heard = known ?? { held: null, heardMs: nowMs, isSilent: false, blind: false };
        return [index + 1, { ...heard, share, askedMs: Number.NEGATIVE_INFINITY }];
      }),
    );
    this.#vouch();
    return own;
  }

  /** What counts of a report: nothing, when it is about another share than the prober should have. */
  hear(report: ProberReport, nowMs: Ms) {
    const known = this.#known.get(report.prober);
    if (known === undefined) return { orders: ordersOf(shareOf([])), results: [], news: [] };
    known.heardMs = nowMs;
    known.held = report.share;
    const news = this.#turns(report.prober, known, { isSilent: false, blind: report.blind });
    if (report.share !== known.share.hash) {
      return { orders: ordersOf(known.share), results: [], news };
    }
    return { orders: ordersOf(null), results: report.results, news };
  }

  /** Begins to bring their shares to those that lack them or are silent; answers who has fallen silent. Never waits, never throws. */
  poke(nowMs: Ms): readonly News[] {
    const owed = [...this.#known].filter(([, known]) => isOwed(known, nowMs));
    if (owed.length > 0 && !this.#isCalling) {
      this.#isCalling = true;
      this.#bring(owed, nowMs).finally(() => {
        this.#isCalling = false;
      });
    }
    return [...this.#known].flatMap(([prober, known]) =>
      nowMs - known.heardMs > HEALTH_TRUST_MS
        ? this.#turns(prober, known, { isSilent: true, blind: known.blind })
        : [],
    );
  }

  /** More than half of the region's probers see nothing, itself among them. */
  isBlind(own: boolean): boolean {
    const blind = [own, ...[...this.#known.values()].map((known) => known.blind)];
    return 2 * blind.filter(Boolean).length > blind.length;
  }

  /** Without the endpoints of those that are silent. Cost: nothing while nobody is. */
  vouched(health: RegionView["health"]): RegionView["health"] {
    if (this.#unvouched.size === 0) return health;
    const entries = Object.entries(health) as [EndpointId, RegionView["health"][EndpointId]][];
    return Object.fromEntries(entries.filter(([endpoint]) => !this.#unvouched.has(endpoint)));
  }

  status(): readonly ProberStatus[] {
    return [...this.#known].map(([prober, { share, heardMs, isSilent, blind }]) => ({
      prober,
      endpoints: share.targets.length,
      heardAtMs: heardMs,
      isSilent,
      blind,
    }));
  }

  /** One after the other: of the six connections of an object five are for probes. */
  async #bring(owed: readonly (readonly [number, Known])[], nowMs: Ms): Promise<void> {
    for (const [prober, known] of owed) {
      known.askedMs = nowMs;
      try {
        const call = this.#ports.objects.prober(this.#region, prober).assign(known.share);
        await within(this.#ports.timers, ASSIGN_TIMEOUT_MS, call);
        known.held = known.share.hash;
      } catch {
        // Its silence is told when it has lasted; it is asked again with the next beat.
      }
    }
  }

  #turns(prober: number, known: Known, now: Pick<Known, "isSilent" | "blind">): News[] {
    const subject = `prober ${prober}`;
    const news: News[] = [];
    const count = known.share.targets.length;
    if (now.isSilent !== known.isSilent) {
      const silent = `silent: its ${count} endpoints go on as if nobody had probed them`;
      news.push({ subject, detail: now.isSilent ? silent : "heard again" });
    }
    if (now.blind !== known.blind) {
      const blind = `blind: none of its ${count} endpoints answers, so the verdicts stay as they were`;
      news.push({ subject, detail: now.blind ? blind : "sees again" });
    }
    const isTurning = now.isSilent !== known.isSilent;
    known.isSilent = now.isSilent;
    known.blind = now.blind;
    if (isTurning) this.#vouch();
    return news;
  }

  #vouch(): void {
    const silent = [...this.#known.values()].filter(({ isSilent }) => isSilent);
    this.#unvouched = new Set(
      silent.flatMap(({ share }) => share.targets.map(({ endpoint }) => endpoint)),
    );
  }
}

const ordersOf = (share: ProbeShare | null): ProberOrders => ({ schema: SCHEMA, share });

/** Asked once a beat, until it has its share and is heard. */
function isOwed({ share, held, heardMs, askedMs }: Known, nowMs: Ms): boolean {
  if (nowMs - askedMs < PROBER_BEAT_MS) return false;
  return held !== share.hash || nowMs - heardMs > 2 * PROBER_BEAT_MS;
}
