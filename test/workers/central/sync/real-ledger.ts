/**
 * A ledger before a server on loopback: storage in SQLite, the machine's network, and a clock of its own that every look moves on by the
 * zone's interval, so that no test waits for a minute to pass. Providers keep the machine's clock, by which servers judge signatures.
 */
import type { Abilities } from "../../../../routing/dns/abilities.ts";
import type { Intent } from "../../../../routing/dns/intent.ts";
import type { RecordSet } from "../../../../routing/dns/record.ts";
import { ok } from "../../../../routing/result.ts";
import type { Provider, ProviderPorts } from "../../../../workers/central/dns/provider.ts";
import { makeProvider } from "../../../../workers/central/dns/providers.ts";
import { Ledger } from "../../../../workers/central/sync/ledger.ts";
import type { HistoryEntry, Look } from "../../../../workers/central/sync/ports.ts";
import { openDatabase } from "../../../helpers/sqlite.ts";
import { chanceFrom, rngFor } from "../../../sim/random.ts";
import { ports as machine } from "../dns/servers/ports.ts";

export interface RealLedgerOptions {
  /** Asked at each look; throws while the configuration store is out of reach. */
  readonly intent: () => Intent | null;
  /** Asked at each look, as they are opened. */
  readonly credentials: () => unknown;
  /** The provider's, in place of the machine's own; the ledger asks the edge by its `fetch`. */
  readonly ports?: Partial<ProviderPorts>;
}

export class RealLedger {
  /** Of writes that were begun, by how many changes each had besides the stamp. */
  readonly batches: number[] = [];
  readonly #options: RealLedgerOptions;
  readonly #providers: Provider[] = [];
  #object: Ledger;
  #nowMs = Date.now();

  constructor(options: RealLedgerOptions) {
    this.#options = options;
    this.#object = this.#open();
  }

  /** Of the provider as the last look made it. */
  get abilities(): Abilities {
    const provider = this.#providers.at(-1);
    if (provider === undefined) throw new Error("it has not looked yet");
    return provider.abilities;
  }

  /** What the provider lists now, past the ledger. Errors: throws when it lists nothing. */
  async listing(): Promise<readonly RecordSet[]> {
    const listing = await this.#providers.at(-1)?.populate(AbortSignal.timeout(60_000));
    if (listing?.ok !== true) throw new Error(`no listing: ${listing?.error.detail}`);
    return listing.value.sets;
  }

  /** Of every look and write so far. */
  get calls(): number {
    return this.#providers.reduce((sum, { calls }) => sum + calls, 0);
  }

  /** As if all that it remembers were gone. */
  forget(): void {
    this.#object = this.#open();
  }

  /** Looks and writes nothing. */
  look(): Promise<Look> {
    this.#pass();
    return this.#object.look();
  }

  /** One alarm: looks, and writes what it may without anybody. */
  async turn(): Promise<Look> {
    this.#pass();
    await this.#object.alarm();
    const { look } = await this.#object.status();
    if (look === null) throw new Error("the alarm did not look");
    return look;
  }

  /** The operator, who confirms every objection that can be confirmed. The entry has all its changes. */
  async apply(includeRespected = false): Promise<HistoryEntry> {
    const { plan, objections } = await this.look();
    const applied = await this.#object.apply({
      actor: "operator",
      checksum: plan?.checksum ?? "",
      confirmations: objections.flatMap(({ confirmation }) => confirmation ?? []),
      includeRespected,
    });
    if (!applied.ok) throw new Error(JSON.stringify(applied.error).slice(0, 2_000));
    const [entry] = await this.#object.history(applied.value.sequence);
    return entry ?? applied.value;
  }

  async told(): Promise<readonly string[]> {
    return (await this.#object.events(0)).map(({ detail }) => detail);
  }

  #pass(): void {
    const seconds = this.#lastInterval ?? 60;
    this.#nowMs += seconds * 1_000;
  }

  get #lastInterval(): number | undefined {
    try {
      return this.#options.intent()?.sync.interval;
    } catch {
      return undefined;
    }
  }

  #open(): Ledger {
    const { intent, credentials } = this.#options;
    const provided: ProviderPorts = { ...machine, ...this.#options.ports };
    let alarmAtMs: number | null = null;
    return new Ledger(
      {
        ...provided,
        // A provider's timers may be hasty; the ledger's are deadlines.
        timers: machine.timers,
        clock: { nowMs: () => this.#nowMs },
        chance: chanceFrom(rngFor(1, "ledger")),
        sql: openDatabase(),
        alarm: {
          get: async () => alarmAtMs,
          set: async (atMs) => {
            alarmAtMs = atMs;
          },
        },
        objects: {
          // Nobody probes here, so no endpoint is left out.
          region: () => ({ status: () => Promise.reject(new Error("no region")) }) as never,
          config: () => ({ intent: async () => intent() }) as never,
        },
        credentials: async () => ok(credentials()),
        isFrozen: () => false,
      },
      {
        account: "default",
        zone: "shop.test",
        makeProvider: (wanted, opened) => {
          const made = makeProvider(wanted, opened, provided);
          return made.ok ? ok(this.#counted(made.value)) : made;
        },
      },
    );
  }

  #counted(provider: Provider): Provider {
    this.#providers.push(provider);
    return {
      abilities: provider.abilities,
      populate: (signal) => provider.populate(signal),
      write: (batch, signal) => {
        this.batches.push(batch.changes.length);
        return provider.write(batch, signal);
      },
      get calls() {
        return provider.calls;
      },
    };
  }
}
