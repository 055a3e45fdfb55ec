import { join } from "node:path";
import { build, type Plugin, stop } from "esbuild";
import type { Bundles } from "./topology.ts";

/** The four workers of the planet. Errors: rejects with esbuild's message (file, line, reason). */
export async function bundleAll(): Promise<Bundles> {
  const [host, edge, state, central] = await Promise.all([
    bundle("local/workers/host.ts"),
    // Of this one there is an isolate per colo, and faults start new ones.
    bundle("local/workers/edge.ts", { minify: true }),
    bundle("local/workers/state.ts"),
    bundle("local/workers/central.ts"),
  ]);
  // esbuild keeps a process for the next build; there is none.
  await stop();
  return { host, edge, state, central };
}

export interface BundleOptions {
  /** As `wrangler.toml` says it of the edge. Exports keep their names. */
  readonly minify?: boolean;
  readonly plugins?: readonly Plugin[];
}

/** As in workers/central/wrangler.toml: the SDK's parser of XML for browsers wants a DOM, which workerd has not. */
const ALIAS = { "@aws-sdk/xml-builder": "@aws-sdk/xml-builder/dist-cjs/index.js" };

/** Bundles one worker to the text of one module; `entry` is a path from the project's root. */
export async function bundle(
  entry: string,
  { minify = false, plugins = [] }: BundleOptions = {},
): Promise<string> {
  const result = await build({
    entryPoints: [join(import.meta.dirname, "..", entry)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    // As `wrangler deploy` builds; "browser" is the build of a package that asks for nothing of Node's.
    platform: "browser",
    conditions: ["workerd", "worker", "browser"],
    alias: ALIAS,
    external: ["cloudflare:*", "node:*"],
    legalComments: "none",
    logLevel: "silent",
    minify,
    plugins: [...plugins],
  });
  return result.outputFiles[0]?.text ?? "";
}
