/**
 * What an edge isolate holds of a snapshot with 10,000 endpoints and 10,000 routes: manifest, parts, sites, plans, what it
 * knows of every endpoint, and the views of the pools that it has decided by. Bytes of the heap and of typed arrays, after a
 * collection.
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { RegionView } from "../../../routing/exchange.ts";
import { byLoadBalancer, dispatch } from "../../../routing/match/dispatch.ts";
import type { RequestFacts } from "../../../routing/match/facts.ts";
import { buildSite } from "../../../routing/match/site.ts";
import { seededRng } from "../../../routing/rng.ts";
import type { Sealed } from "../../../routing/snapshot.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { compileTable } from "../../../routing/table/compile.ts";
import type { EndpointId } from "../../../routing/units.ts";
import { Held } from "../../../workers/edge/held.ts";
import { Learned } from "../../../workers/edge/learned.ts";
import { asker, NOW } from "../../routing/steer/world.ts";
import { tableFrom } from "../ours.ts";
import { documentOf, FIRST_PATH, LAYOUTS, type Layout } from "./document.ts";

export interface Heap {
  readonly layout: string;
  /** One per run. */
  readonly megabytes: readonly number[];
}

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

export function heapsOf(runs: number): readonly Heap[] {
  return LAYOUTS.map((layout) => {
    const source = sourceOf(layout);
    const megabytes = Array.from({ length: runs }, () => megabytesOf(source));
    return { layout: layout.name, megabytes };
  });
}

/** Texts as bytes outside the heap, as they come from the network. */
interface Source {
  readonly manifest: SealedBytes;
  readonly shards: readonly (readonly [key: string, SealedBytes])[];
  readonly endpoints: readonly EndpointId[];
  readonly hosts: readonly string[];
}

interface SealedBytes {
  readonly hash: string;
  readonly bytes: Buffer;
}

function sourceOf(layout: Layout): Source {
  const table = tableFrom(documentOf(layout));
  const { manifest, shards } = compileTable(table);
  const toBytes = ({ hash, text }: Sealed) => ({ hash, bytes: Buffer.from(text) });
  return {
    manifest: toBytes(manifest),
    shards: Object.entries(shards).map(([key, sealed]) => [key, toBytes(sealed)]),
    endpoints: table.pools.flatMap(({ origins }) => origins.map(({ id }) => id)),
    hosts: layout.hosts,
  };
}

function megabytesOf(source: Source): number {
  const before = bytesInUse();
  const isolate = heldBy(source);
  const after = bytesInUse();
  // Read after the count, so that nothing of it was collected before.
  if (isolate.held.inUse().length === 0) throw new Error("the isolate holds no site");
  return (after - before) / 1e6;
}

function bytesInUse(): number {
  collect();
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

function heldBy({ manifest, shards, endpoints, hosts }: Source) {
  const held = new Held("default");
  const fromBytes = ({ hash, bytes }: SealedBytes): Sealed => ({ hash, text: bytes.toString() });
  if (!held.takeManifest(fromBytes(manifest))) throw new Error("the manifest was not taken");
  for (const [key, sealed] of shards) {
    if (!held.takePart(key, fromBytes(sealed), NOW)) throw new Error(`${key} was not taken`);
  }
  for (const host of hosts) {
    const material = held.material(host);
    if (material === null) continue;
    const steps = buildSite(material.shard, material.blocks, material.before);
    let step = steps.next();
    while (!step.done) step = steps.next();
    held.holdSite(host, step.value, NOW);
  }
  const learned = new Learned();
  learned.hear(viewOf(endpoints), NOW);
  decideAll(held, learned, hosts);
  return { held, learned };
}

/** As a region sends it; a string of its own for every id, as after `JSON.parse`. */
const viewOf = (endpoints: readonly EndpointId[]): RegionView =>
  JSON.parse(
    JSON.stringify({
      schema: 1,
      region: "weur",
      asOfMs: NOW,
      health: Object.fromEntries(
        endpoints.map((id) => [
          id,
          { healthy: true, changedAtMs: 0, observedAtMs: NOW, reason: "" },
        ]),
      ),
      latencyMs: Object.fromEntries(
        endpoints.map((id, at) => [id, { ms: 20 + (at % 50), atMs: NOW }]),
      ),
    }),
  ) as RegionView;

const factsOf = (host: string): RequestFacts => ({
  method: "GET",
  scheme: "https",
  host,
  path: FIRST_PATH,
  query: "",
  headers: {},
  clientIp: "192.0.2.1",
  colo: "FRA",
});

/** Plans and views are made by decisions: of both kinds of request, so that both kinds of view are kept. */
function decideAll(held: Held, learned: Learned, hosts: readonly string[]): void {
  const rng = seededRng(1);
  const { know } = learned;
  for (const host of hosts) {
    const sites = held.sites(host, NOW) ?? [];
    const byRoute = dispatch(sites, factsOf(host), know, NOW, rng);
    for (const action of [byLoadBalancer(sites, host), byRoute]) {
      if (action?.do !== "forward") throw new Error(`${host} leads nowhere`);
      const shard = action.forward.balanced;
      for (const replayable of [true, false]) {
        const memory = learned.memoryOf(shard);
        const input = { shard, asker: asker({ replayable }), know, memory, triesMax: 3 };
        for (const _first of decide(input, NOW, rng).candidates) break;
      }
    }
  }
}
