import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { ok, type Result, refuse } from "../../routing/result.ts";
import { root, type Script } from "./scripts.ts";

export interface Bundle {
  readonly bytes: number;
  readonly gzipBytes: number;
  /** What it contains and must not; empty when it may be deployed. */
  readonly offences: readonly string[];
}

/** Bundles the script without uploading it. Refusal: wrangler's own words. */
export async function dryRun(
  script: Script,
  outFolder: string,
  extra: readonly string[],
): Promise<Result<Bundle, string>> {
  const folder = join(outFolder, script.title);
  const metafile = join(folder, "meta.json");
  const out = ["--dry-run", "--outdir", folder, "--metafile", metafile];
  const { code, output } = await wrangler(
    ["deploy", "-c", script.config, ...out, ...extra],
    "quiet",
  );
  if (code !== 0) return refuse(`${script.title} does not bundle:\n${output}`);
  const text = readFileSync(join(folder, "index.js"), "utf8");
  const files = filesIn(JSON.parse(readFileSync(metafile, "utf8")) as Metafile, script);
  return ok({
    bytes: Buffer.byteLength(text),
    gzipBytes: gzipSync(text).length,
    offences: offencesIn({ text, files }, script),
  });
}

/** What esbuild tells of a build: paths are told from the folder of the `wrangler.toml`. */
export interface Metafile {
  readonly outputs: Readonly<
    Record<
      string,
      { readonly inputs: Readonly<Record<string, { readonly bytesInOutput: number }>> }
    >
  >;
}

/** The files of which something is in the bundle, by their path from the project's root. */
export function filesIn({ outputs }: Metafile, { config }: Pick<Script, "config">): string[] {
  const inputs = Object.values(outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .map(([path]) => relative(root, resolve(root, dirname(config), path)).replaceAll("\\", "/"));
}

/** A bundle that is minified does not say of which files it is, so these are told. */
export const offencesIn = (
  { text, files }: { readonly text: string; readonly files: readonly string[] },
  { forbidden, forbiddenFiles }: Pick<Script, "forbidden" | "forbiddenFiles">,
): string[] => [
  ...forbidden.filter(([pattern]) => pattern.test(text)).map(([, what]) => what),
  ...forbiddenFiles.flatMap(([pattern, what]) => {
    const file = files.find((path) => pattern.test(path));
    return file === undefined ? [] : [`${what}: ${file}`];
  }),
];

/** Uploads the script. Refusal: which one failed; wrangler has said why. */
export async function upload(
  script: Script,
  extra: readonly string[],
): Promise<Result<null, string>> {
  const { code } = await wrangler(["deploy", "-c", script.config, ...extra], "loud");
  return code === 0
    ? ok(null)
    : refuse(`${script.title} was not deployed; wrangler says why above`);
}

/** `loud` lets it talk to the terminal itself, so that it may ask. */
function wrangler(args: readonly string[], voice: "loud" | "quiet") {
  return new Promise<{ code: number | null; output: string }>((resolve) => {
    const script = join(root, "node_modules/wrangler/bin/wrangler.js");
    const child = spawn(process.execPath, [script, ...args], {
      cwd: root,
      stdio: voice === "loud" ? "inherit" : ["ignore", "pipe", "pipe"],
      env: { ...process.env, WRANGLER_SEND_METRICS: "false" },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    child.on("close", (code) => resolve({ code, output }));
  });
}
