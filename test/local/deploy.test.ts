import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, test } from "vitest";
import { type Baked, bakeDocument, bakedModule } from "../../local/deploy/bake.ts";
import { readScriptConfig, root, SCRIPTS, type Script } from "../../local/deploy/scripts.ts";
import { dryRun, filesIn, type Metafile, offencesIn } from "../../local/deploy/wrangler.ts";
import { publicAddresses } from "../../routing/table/address.ts";
import { compileTable } from "../../routing/table/compile.ts";
import { toDocument } from "../../routing/table/document.ts";
import { parseDocument } from "../../routing/table/parse.ts";
import type { TableVersion } from "../../routing/units.ts";

const folder = mkdtempSync(join(tmpdir(), "tradewind-deploy-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Wrangler takes seconds to start; three of them on a busy machine take longer. */
const WRANGLER_MS = 90_000;
const scriptOf = (title: Script["title"]): Script => {
  const script = SCRIPTS.find((candidate) => candidate.title === title);
  if (script === undefined) throw new Error(`no script ${title}`);
  return script;
};

describe("what each script may reach is exactly this", () => {
  const state = "of tradewind-state";
  test.each([
    [
      "state",
      [
        `CONFIG_STORE = ConfigStore ${state}`,
        `DIRECTORY = Directory ${state}`,
        `REGION_STATE = RegionState ${state}`,
        "SNAPSHOTS = KV",
      ],
    ],
    ["edge", [`REGION_STATE = RegionState ${state}`, "SNAPSHOTS = KV"]],
    [
      "central",
      [
        `CONFIG_STORE = ConfigStore ${state}`,
        `DIRECTORY = Directory ${state}`,
        "OPERATOR_DESK = OperatorDesk of tradewind-central",
        `REGION_STATE = RegionState ${state}`,
        "SYNC_LEDGER = SyncLedger of tradewind-central",
        "TICKET_SIGNER = TicketSigner of tradewind-central",
        "WATCHDOG = Watchdog of tradewind-central",
      ],
    ],
  ] as const)("%s", (title, bindings) => {
    expect(readScriptConfig(scriptOf(title)).bindings).toEqual(bindings);
  });

  test("the edge owns no class, and the classes are made by migrations with SQLite", () => {
    const migrations = SCRIPTS.map((script) => readScriptConfig(script).migrations);
    expect(migrations).toEqual([
      ["v1: RegionState, ConfigStore, Directory"],
      [],
      ["v1: OperatorDesk", "v2: TicketSigner", "v3: SyncLedger", "v4: Watchdog"],
    ]);
  });

  test("they are deployed in the order in which they need each other", () => {
    expect(SCRIPTS.map(({ title }) => title)).toEqual(["state", "edge", "central"]);
  });
});

describe("a bundle is refused that contains", () => {
  test.each([
    ["edge", 'headers.get("tw-colo")', "the planet's header tw-colo"],
    ["central", "`tw-client`", "the planet's header tw-client"],
    ["edge", "env.TRADEWIND_API_TOKEN", "a secret"],
    ["state", "env.TRADEWIND_API_TOKEN", "a secret"],
  ] as const)("%s: %j", (title, text, offence) => {
    expect(offencesIn({ text, files: [] }, scriptOf(title))).toEqual([offence]);
  });

  test.each([
    ["edge", "local/workers/board.ts", "code of the local planet"],
    ["central", "local/faults.ts", "code of the local planet"],
    ["state", "test/helpers/x.ts", "code of the tests"],
    ["edge", "node_modules/re2js/build/index.js", "a library other than @noble/hashes"],
    ["edge", "../main/node_modules/zod/v4/core.js", "a library other than @noble/hashes"],
    ["edge", "node_modules/hono/dist/x.js", "a library other than @noble/hashes"],
  ] as const)("%s: the file %s", (title, file, offence) => {
    const files = ["routing/limits.ts", "node_modules/@noble/hashes/sha2.js", file];
    expect(offencesIn({ text: "", files }, scriptOf(title))).toEqual([`${offence}: ${file}`]);
  });
});

test("the files of a bundle are those of which something is in it, told from the project's root", () => {
  const inputs = {
    "../routing/limits.ts": { bytesInOutput: 3 },
    "plain/index.ts": { bytesInOutput: 1 },
    "../routing/model.ts": { bytesInOutput: 0 },
  };
  const metafile = { outputs: { "index.js.map": { inputs: {} }, "index.js": { inputs } } };
  expect(filesIn(metafile, scriptOf("state"))).toEqual([
    "routing/limits.ts",
    "durable-objects/plain/index.ts",
  ]);
});

test(
  "the dry run bundles all three, finds nothing forbidden, and prints what they hold",
  async () => {
    const node = promisify(execFile);
    const args = [join(root, "local/deploy.ts"), "--dry-run"];
    const { stdout } = await node(process.execPath, args);
    for (const { title } of SCRIPTS) {
      expect(stdout).toMatch(new RegExp(`^${title} +tradewind-${title} +[\\d.]+ +[\\d.]+$`, "m"));
    }
    expect(stdout).toContain("Nothing is baked into the edge");
    expect(stdout).toMatch(/Dry run: .* nothing was uploaded\.\s*$/);
  },
  WRANGLER_MS,
);

describe("a snapshot that is baked", () => {
  let minted = 0;
  const document = {
    pools: { frankfurt: { origins: [{ name: "a", address: "a.example.com" }] } },
    load_balancers: {
      "baked.example.com": { default_pools: ["frankfurt"], fallback_pool: "frankfurt" },
    },
  };
  const parsed = parseDocument(document, {
    account: "default",
    version: 7 as TableVersion,
    previous: null,
    mint: () => String(++minted).padStart(32, "0"),
    addresses: publicAddresses,
    nowMs: 0,
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.error));
  const { table } = parsed.value;
  const baked = bakeDocument(toDocument(table), 7, publicAddresses);

  test("has the hashes of the one that ConfigStore made of the same version", () => {
    const { manifest, shards } = compileTable(table);
    expect(baked).toEqual({
      ok: true,
      value: {
        version: 7,
        snapshot: {
          manifest,
          shards: Object.fromEntries(Object.values(shards).map((shard) => [shard.hash, shard])),
        },
      },
    });
  });

  test("asks an address by the name that its zone keeps", () => {
    const named = {
      pools: {
        p: {
          id: "1".repeat(32),
          origins: [{ id: "2".repeat(32), name: "a", address: "93.184.215.14" }],
        },
      },
      load_balancers: {
        "www.shop.example": { id: "3".repeat(32), default_pools: ["p"], fallback_pool: "p" },
      },
      zones: {
        "shop.example": {
          ...{ id: "4".repeat(32), mode: "apply", endpoint_names: true },
          ...{ provider: "powerdns", endpoint: "https://pdns.example.net" },
          ...{ credentials: { env: "TW_CRED_PDNS" }, edge: { name: "edge.example.net" } },
        },
      },
    };
    const [text = ""] = Object.values(
      (bakeDocument(named, 1, publicAddresses) as { value: Baked }).value.snapshot.shards,
    ).map((shard) => shard.text);
    expect(text).toContain('"address":"tw-ep-222222222222.shop.example"');
    expect(text).not.toContain("93.184.215.14");
  });

  test("of endpoints that production refuses is refused", () => {
    const private_ = {
      pools: {
        p: {
          id: "1".repeat(32),
          origins: [{ id: "2".repeat(32), name: "a", address: "10.0.0.1" }],
        },
      },
    };
    expect(bakeDocument(private_, 1, publicAddresses)).toMatchObject({ ok: false });
  });

  test(
    "is in the edge's bundle",
    async () => {
      if (!baked.ok) throw new Error(baked.error);
      const module = join(folder, "baked.ts");
      writeFileSync(module, bakedModule(baked.value));
      const bundle = await dryRun(scriptOf("edge"), folder, ["--alias", `./baked.ts:${module}`]);
      expect(bundle).toMatchObject({ ok: true, value: { offences: [] } });
      const text = readFileSync(join(folder, "edge/index.js"), "utf8");
      const metafile = JSON.parse(readFileSync(join(folder, "edge/meta.json"), "utf8")) as Metafile;
      const files = filesIn(metafile, scriptOf("edge"));
      expect(files).toContain("workers/edge/edge.ts");
      expect(files.filter((path) => /node_modules/.test(path))).toEqual(
        files.filter((path) => /node_modules\/@noble\/hashes/.test(path)),
      );
      expect(text).toContain(baked.value.snapshot.manifest.hash);
      expect(text).toContain("baked.example.com");
    },
    WRANGLER_MS,
  );
});
