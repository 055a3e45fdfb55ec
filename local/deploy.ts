/** `npm run deploy`: state, edge, central, in that order, each bundle checked before anything is uploaded. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { table } from "./demo/report.ts";
import { bakedModule, bakeFrom } from "./deploy/bake.ts";
import { readScriptConfig, SCRIPTS, type Script } from "./deploy/scripts.ts";
import { type Bundle, dryRun, upload } from "./deploy/wrangler.ts";

const HELP = `npm run deploy -- [flags]      deploys state, edge and central, in that order

  --dry-run        bundles and checks; prints bindings, migrations and sizes; uploads nothing
  --central URL    bakes the configuration that is in force there into the edge
  --token TOKEN    the operators' token of that central (or TRADEWIND_API_TOKEN)
  --help           this text`;

function fail(reason: string, code = 1): never {
  console.error(`Tradewind: ${reason}`);
  process.exit(code);
}

function readFlags() {
  try {
    const options = {
      "dry-run": { type: "boolean" },
      central: { type: "string" },
      token: { type: "string" },
      help: { type: "boolean" },
    } as const;
    return parseArgs({ options }).values;
  } catch (error) {
    return fail(`${(error as Error).message.split(/\.\s/)[0]}; see npm run deploy -- --help`, 2);
  }
}

/** The arguments that put the snapshot in the place of the empty module; none when nothing is baked. */
async function bakeInto(folder: string, central: string | undefined, token: string | undefined) {
  if (central === undefined) {
    console.log(
      "Nothing is baked into the edge: give --central URL to bake what is in force there.",
    );
    return [];
  }
  if (token === undefined) return fail("--central needs --token or TRADEWIND_API_TOKEN", 2);
  const baked = await bakeFrom(central, token);
  if (!baked.ok) return fail(baked.error);
  const path = join(folder, "baked.ts");
  writeFileSync(path, bakedModule(baked.value));
  const hosts = Object.keys(baked.value.snapshot.shards).length;
  console.log(`Baked into the edge: version ${baked.value.version} of ${central}, ${hosts} hosts.`);
  return ["--alias", `./baked.ts:${path}`];
}

const kilobytes = (bytes: number) => (bytes / 1024).toFixed(1);

function print(rows: readonly { readonly script: Script; readonly bundle: Bundle }[]): void {
  const configs = rows.map(({ script }) => readScriptConfig(script));
  const sizes = rows.map(({ script, bundle }, at) => [
    script.title,
    configs[at]?.name ?? "",
    kilobytes(bundle.bytes),
    kilobytes(bundle.gzipBytes),
  ]);
  console.log(`\n${table(["script", "name", "KiB", "KiB gzip"], sizes)}\n`);
  const held = rows.flatMap(({ script }, at) => [
    ...(configs[at]?.bindings ?? []).map((binding) => [script.title, "binding", binding]),
    ...(configs[at]?.migrations ?? []).map((migration) => [script.title, "migration", migration]),
  ]);
  console.log(`${table(["script", "holds", "what"], held)}\n`);
}

/** The edge reads what the state script writes: both must be bound to one namespace that exists. */
function checkNamespaces(): void {
  const ids = SCRIPTS.flatMap((script) => readScriptConfig(script).keyValueIds);
  if (ids.every((id) => id !== "" && id === ids[0])) return;
  fail(
    "SNAPSHOTS needs one namespace for edge and state: run npx wrangler kv namespace create SNAPSHOTS and " +
      "put its id into wrangler.toml and durable-objects/wrangler.toml",
  );
}

const flags = readFlags();
if (flags.help === true) {
  console.log(HELP);
  process.exit(0);
}
const folder = mkdtempSync(join(tmpdir(), "tradewind-deploy-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
const token = flags.token ?? process.env["TRADEWIND_API_TOKEN"];
const baking = await bakeInto(folder, flags.central, token);
const extraOf = (script: Script) => (script.title === "edge" ? baking : []);

const rows = await Promise.all(
  SCRIPTS.map(async (script) => {
    const bundle = await dryRun(script, folder, extraOf(script));
    return bundle.ok ? { script, bundle: bundle.value } : fail(bundle.error);
  }),
);
print(rows);
const offences = rows.flatMap(({ script, bundle }) =>
  bundle.offences.map((offence) => `the bundle of ${script.title} contains ${offence}`),
);
if (offences.length > 0) fail(offences.join("\n"));
if (flags["dry-run"] === true) {
  console.log("Dry run: the bundles hold nothing they must not; nothing was uploaded.");
  process.exit(0);
}
checkNamespaces();
for (const script of SCRIPTS) {
  console.log(`\nDeploying ${script.title} …`);
  const uploaded = await upload(script, extraOf(script));
  if (!uploaded.ok) fail(uploaded.error);
}
