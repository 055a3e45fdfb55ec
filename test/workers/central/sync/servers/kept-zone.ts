/** One zone that a ledger keeps in step with a real provider, step by step: what a proof does to it, and what it then finds. */
import type { Intent } from "../../../../../routing/dns/intent.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import type { DriftRule } from "../../../../../routing/dns/zone.ts";
import type { HistoryEntry, Look } from "../../../../../workers/central/sync/ports.ts";
import type { FetchPort } from "../../../../../workers/ports.ts";
import type { PlannedChange } from "../../../../servers/octodns.ts";
import { documentOf, EDGE, intentIn } from "../desired-zone.ts";
import { RealLedger } from "../real-ledger.ts";
import type { Site } from "./sites.ts";
import { judged, ourSets } from "./witness.ts";

export interface Published {
  /** Before anything was written. */
  readonly first: Look;
  readonly entry: HistoryEntry;
  readonly seconds: number;
  readonly calls: number;
  readonly batches: readonly number[];
}

export interface KeptZoneOptions {
  readonly site: Site;
  readonly names: number;
  /** Of plain records that are there already and become ours. */
  readonly imported?: boolean;
}

export class KeptZone {
  readonly ledger: RealLedger;
  readonly #options: KeptZoneOptions;
  #intent: Intent;

  constructor(options: KeptZoneOptions) {
    this.#options = options;
    this.#intent = this.#wanted("repair", 1);
    this.ledger = new RealLedger({
      intent: () => this.#intent,
      credentials: () => options.site.credentials,
      ports: { fetch: withEdge },
    });
  }

  /** What the product's parser made of the document. */
  get intent(): Intent {
    return this.#intent;
  }

  /** The operator looks at what the ledger would do, confirms what it asks, and applies. */
  async publish(): Promise<Published> {
    const started = performance.now();
    const before = this.ledger.calls;
    const first = await this.ledger.look();
    const entry = await this.ledger.apply();
    const seconds = (performance.now() - started) / 1_000;
    const { calls, batches } = this.ledger;
    return { first, entry, seconds, calls: calls - before, batches: [...batches] };
  }

  /** A new version of the document, with another rule for foreign edits. */
  drift(rule: DriftRule): void {
    this.#intent = this.#wanted(rule, this.#intent.version + 1);
  }

  /** Somebody gives the first plain name another address; answers the set's key. */
  async edit(): Promise<string> {
    const subject = this.#intent.sync.records.find(({ type }) => type === "A");
    if (subject === undefined) throw new Error("the zone has no A record");
    const edited: RecordSet = { ...subject, values: ["198.51.100.66"] };
    await this.#options.site.foreign(edited);
    return `${subject.name} ${subject.type}`;
  }

  /** What octoDNS would change, given everything that we want and write there. */
  async judged(): Promise<readonly PlannedChange[]> {
    const { plan } = await this.ledger.look();
    const stamp = plan?.base ?? null;
    if (stamp === null) throw new Error("the zone has no stamp");
    return judged(this.#options.site, ourSets(this.#intent, this.ledger.abilities, stamp));
  }

  #wanted(drift: DriftRule, version: number): Intent {
    const { site, names, imported = false } = this.#options;
    const intentWith = (fields: Readonly<Record<string, unknown>>) => {
      const zones = { [site.entry]: { ...site.fields, drift, ...fields } };
      return intentIn(documentOf({ names, zones, plain: imported }), site.entry, version);
    };
    const plain = intentWith({});
    return imported
      ? intentWith({ takeover: [...new Set(plain.sync.records.map(({ name }) => name))] })
      : plain;
  }
}

/** The edge is up, and everything else is where it is. */
const withEdge: FetchPort = async (request) =>
  new URL(request.url).hostname === EDGE ? new Response("ok") : fetch(request);
