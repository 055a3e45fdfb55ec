/**
 * The state script of the local planet: the product's classes, composed so that any address may be an endpoint,
 * probes travel the distance from their region's city, and faults stand between caller and object.
 */
import { WorkerEntrypoint } from "cloudflare:workers";
import {
  configStoreClass,
  directoryClass,
  regionStateClass,
} from "../../durable-objects/classes.ts";
import { objectPorts, type StateBindings } from "../../durable-objects/platform.ts";
import {
  configObject,
  DEFAULT_ACCOUNT,
  directoryObject,
  isRegion,
  REGIONS,
  regionObject,
} from "../../routing/names.ts";
import { anyAddresses } from "../../routing/table/address.ts";
import type { ObjectPorts } from "../../workers/ports.ts";
import type { Command } from "../faults.ts";
import { Board } from "./board.ts";
import { gated, type Resettable } from "./gated.ts";
import type { NetworkControl } from "./host.ts";
import { isCutOff, probeGetsThrough } from "./outbound.ts";
import { held, storeThrough } from "./stores.ts";

interface LocalBindings extends StateBindings {
  readonly NETWORK: NetworkControl;
}

const board = new Board();

function ports(ctx: DurableObjectState, bindings: StateBindings): ObjectPorts {
  const real = objectPorts(ctx, bindings);
  const region = regionOf(ctx);
  const travel = async (url: string, signal?: AbortSignal) => {
    await probeGetsThrough(board, region, signal);
    const ms = await probeDelayMs(region, bindings as LocalBindings, url);
    if (ms > 0) await scheduler.wait(ms, signal === undefined ? {} : { signal });
  };
  const kv = storeThrough(board, "kv", real.kv);
  /** Errors: throws where the region is cut off. */
  const leaves = () => {
    if (isCutOff(board, region)) throw new Error(`Fault injected: region ${region}, cut`);
  };
  return {
    ...real,
    fetch: async (request) => {
      await travel(request.url, request.signal);
      return real.fetch(request);
    },
    connect: async (target, signal) => {
      await travel(`http://${target.hostname}:${target.port}`, signal);
      await real.connect(target, signal);
    },
    kv: {
      get: async (key) => {
        leaves();
        return kv.get(key);
      },
      put: async (key, value) => {
        leaves();
        await kv.put(key, value);
      },
      delete: async (key) => {
        leaves();
        if (await held(board, "kv")) await real.kv.delete(key);
      },
    },
  };
}

/** Only a region probes; its name is the third word of the object's. */
const regionOf = ({ id }: DurableObjectState): string => (id.name ?? "").split(":")[2] ?? "";

async function probeDelayMs(region: string, { NETWORK }: LocalBindings, url: string) {
  return isRegion(region) ? await NETWORK.probeDelayMs(region, url) : 0;
}

const composition = { ports, addresses: anyAddresses };

export class RegionState extends gated(board, regionStateClass(composition)) {}
export class ConfigStore extends gated(board, configStoreClass(composition)) {}
export class Directory extends gated(board, directoryClass(composition)) {}

/** Where central hands on the faults that concern objects. */
export class Gate extends WorkerEntrypoint<LocalBindings> {
  async apply(command: Command, nowMs: number): Promise<void> {
    board.apply(command, nowMs);
    if (command.do !== "inject" || !["stop", "abort"].includes(command.fault.mode)) return;
    await Promise.allSettled(this.#objects(command.fault.target).map((object) => object.reset()));
  }

  #objects(target: string): Resettable[] {
    const { REGION_STATE, CONFIG_STORE, DIRECTORY } = this.env;
    const all: readonly (readonly [string, DurableObjectNamespace, string])[] = [
      ...REGIONS.map((name) => [`region ${name}`, REGION_STATE, regionObject(name)] as const),
      ["config", CONFIG_STORE, configObject(DEFAULT_ACCOUNT)],
      ["directory", DIRECTORY, directoryObject],
    ];
    return all
      .filter(([name]) => target === name || target === "all-objects")
      .map(([, namespace, name]) => namespace.getByName(name) as unknown as Resettable);
  }
}

export default {
  fetch: () => new Response("This script is reached through its objects only.\n", { status: 404 }),
};
