/** One region on virtual time: its object and its further probers, each with storage and an alarm of its own. */
import { Region } from "../../durable-objects/region/region.ts";
import { ShareProber } from "../../durable-objects/region/share-prober.ts";
import { proberObject, type Region as RegionName, regionObject } from "../../routing/names.ts";
import { anyAddresses } from "../../routing/table/address.ts";
import type {
  Alarm,
  FetchPort,
  ObjectPorts,
  ProberObject,
  RegionObject,
} from "../../workers/ports.ts";
import { Kernel } from "../sim/kernel.ts";
import { type Body, ObjectHost } from "../sim/object-host.ts";
import { chanceFrom, rngFor } from "../sim/random.ts";
import { Timeline } from "../sim/timeline.ts";

/** One way between two objects of a region. */
const HOP_MS = 5;
const ALIVE = { alive: true };

/** What an object of this name fetches by. */
type Fetches = (kernel: Kernel, object: string) => FetchPort;

export class RegionWorld {
  readonly kernel: Kernel;
  readonly region: ObjectHost<Region>;
  readonly probers = new Map<number, ObjectHost<ShareProber>>();
  /** Probers that nobody hears and that hear nobody. */
  readonly cut = new Set<number>();
  /** Probers whose alarm is never set. */
  readonly alarmless = new Set<number>();
  readonly #name: RegionName;
  readonly #seed: number;
  readonly #fetch: Fetches;

  constructor(
    name: RegionName,
    fetch: Fetches,
    { seed = 1, kernel = new Kernel() }: { readonly seed?: number; readonly kernel?: Kernel } = {},
  ) {
    this.#name = name;
    this.#seed = seed;
    this.#fetch = fetch;
    this.kernel = kernel;
    this.region = this.#host(
      regionObject(name),
      (ports) => new Region(ports, { region: name, addresses: anyAddresses }),
      null,
    );
  }

  close(): void {
    for (const host of [this.region, ...this.probers.values()]) host.close();
  }

  #prober(prober: number): ObjectHost<ShareProber> {
    const setting = { region: this.#name, prober, addresses: anyAddresses };
    const host =
      this.probers.get(prober) ??
      this.#host(
        proberObject(this.#name, prober),
        (ports) => new ShareProber(ports, setting),
        prober,
      );
    this.probers.set(prober, host);
    return host;
  }

  #host<T extends { alarm(): Promise<void> }>(
    name: string,
    construct: (ports: ObjectPorts) => T,
    prober: number | null,
  ): ObjectHost<T> {
    const { kernel } = this;
    return new ObjectHost(name, kernel, new Timeline(kernel, null), (body) =>
      construct(this.#ports(name, body, prober)),
    );
  }

  #ports(name: string, { life, sql, alarm }: Body, prober: number | null): ObjectPorts {
    const { kernel } = this;
    const none = async () => null;
    return {
      clock: kernel.clock,
      timers: kernel.timers(life),
      chance: chanceFrom(rngFor(this.#seed, name)),
      sql,
      alarm: prober === null ? alarm : this.#alarm(alarm, prober),
      fetch: this.#fetch(kernel, name),
      connect: () => Promise.reject(new Error("no endpoint is probed by TCP")),
      objects: {
        region: () =>
          ({
            probed: (report) =>
              this.#call(report.prober, () => this.region.call((one) => one.probed(report))),
          }) as Partial<RegionObject> as RegionObject,
        prober: (_region, number): ProberObject => ({
          assign: (share) =>
            this.#call(number, () => this.#prober(number).call((one) => one.assign(share))),
        }),
        config: () => {
          throw new Error("a region asks no ConfigStore");
        },
        directory: () => {
          throw new Error("a region asks no Directory");
        },
      },
      kv: { get: none, put: async () => {}, delete: async () => {} },
    };
  }

  #alarm(alarm: Alarm, prober: number): Alarm {
    return {
      get: () => alarm.get(),
      set: async (atMs) => {
        if (!this.alarmless.has(prober)) await alarm.set(atMs);
      },
    };
  }

  /** By copies, and on a way that takes time. */
  async #call<T>(prober: number, deliver: () => Promise<T>): Promise<T> {
    const { wait } = this.kernel.timers(ALIVE);
    await wait(HOP_MS);
    if (this.cut.has(prober)) throw new Error("Network connection lost.");
    const answer = structuredClone(await deliver());
    await wait(HOP_MS);
    return answer;
  }
}
