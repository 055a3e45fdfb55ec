import type { Plugin } from "esbuild";
import { bundle } from "../../local/build.ts";
import type { Table } from "../../routing/model.ts";
import { anyAddresses } from "../../routing/table/address.ts";
import { compileTable } from "../../routing/table/compile.ts";
import { parseDocument } from "../../routing/table/parse.ts";
import type { TableVersion } from "../../routing/units.ts";
import type { BakedSnapshot } from "../../workers/ports.ts";
import { runAlone, type Subject } from "./subjects.ts";

/**
 * The production edge alone: the bundle that `npm run deploy` would make, with this document baked in, an
 * empty KV and a region that answers beats but knows nothing. Errors: throws on a document with problems.
 */
export async function productionEdge(document: unknown): Promise<Subject> {
  const [source, region] = await Promise.all([
    bundleWith(document),
    bundle("test/bench/quiet-region.ts"),
  ]);
  const state = { name: "state", source: region, env: {}, listens: false };
  return runAlone(
    "ours",
    source,
    { REGION_STATE: { objects: "RegionState", worker: "state" }, SNAPSHOTS: "kv" },
    [{ ...state, classes: ["RegionState"] }],
  );
}

/** The bundle of the production edge with this document baked in. */
export const bundleWith = (document: unknown): Promise<string> =>
  bundle("workers/edge/index.ts", { minify: true, plugins: [bakedPlugin(document)] });

/** The document in the place of `workers/edge/baked.ts`. */
function bakedPlugin(document: unknown): Plugin {
  const contents = `export const baked = ${JSON.stringify(bakedFrom(document))};`;
  return {
    name: "baked",
    setup: (builder) =>
      builder.onLoad({ filter: /workers\/edge\/baked\.ts$/ }, () => ({ contents, loader: "ts" })),
  };
}

export function bakedFrom(document: unknown): BakedSnapshot {
  const { manifest, shards } = compileTable(tableFrom(document));
  // An edge looks shards up by their hash.
  const byHash = Object.values(shards).map((sealed) => [sealed.hash, sealed] as const);
  return { manifest, shards: Object.fromEntries(byHash) } satisfies BakedSnapshot;
}

/** The same table for the same document, ids included. Errors: throws on a document with problems. */
export function tableFrom(document: unknown): Table {
  let minted = 0;
  const mint = () => (minted++).toString(16).padStart(32, "0");
  const parsed = parseDocument(document, {
    account: "default",
    version: 1 as TableVersion,
    previous: null,
    mint,
    addresses: anyAddresses,
    nowMs: 0,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error.slice(0, 3)));
  return parsed.value.table;
}
