import { join } from "node:path";
import { build, stop } from "esbuild";
import type { Bundles } from "./topology.ts";

/** The four workers of the planet. Errors: rejects with esbuild's message (file, line, reason). */
export async function bundleAll(): Promise<Bundles> {
  const names = ["host", "edge", "state", "central"] as const;
  const [host, edge, state, central] = await Promise.all(
    names.map((name) => bundle(`local/workers/${name}.ts`)),
  );
  // esbuild keeps a process for the next build; there is none.
  await stop();
  return { host: host ?? "", edge: edge ?? "", state: state ?? "", central: central ?? "" };
}

/** Bundles one worker to the text of one module; `entry` is a path from the project's root. */
export async function bundle(entry: string): Promise<string> {
  const result = await build({
    entryPoints: [join(import.meta.dirname, "..", entry)],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2024",
    platform: "neutral",
    mainFields: ["module", "main"],
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    legalComments: "none",
    logLevel: "silent",
  });
  return result.outputFiles[0]?.text ?? "";
}
