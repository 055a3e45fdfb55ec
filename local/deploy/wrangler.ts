import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
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
  const args = ["deploy", "-c", script.config, "--dry-run", "--outdir", folder, ...extra];
  const { code, output } = await wrangler(args, "quiet");
  if (code !== 0) return refuse(`${script.title} does not bundle:\n${output}`);
  const text = readFileSync(join(folder, "index.js"), "utf8");
  return ok({
    bytes: Buffer.byteLength(text),
    gzipBytes: gzipSync(text).length,
    offences: offencesIn(text, script),
  });
}

export const offencesIn = (text: string, { forbidden }: Pick<Script, "forbidden">): string[] =>
  forbidden.filter(([pattern]) => pattern.test(text)).map(([, what]) => what);

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
