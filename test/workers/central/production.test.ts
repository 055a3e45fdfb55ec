/** The production bundles of central and state in workerd: real objects, real stubs, real evictions. */
import type { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { DEFAULT_ACCOUNT, deskObject, REGIONS, signerObject } from "../../../routing/names.ts";
import { putJson } from "./planet.ts";
import { startProduction } from "./production.ts";

let planet: Miniflare;
let ask: Awaited<ReturnType<typeof startProduction>>["ask"];

const json = async <T>(path: string, init?: RequestInit) =>
  (await (await ask(path, init)).json()) as T;

beforeAll(async () => {
  ({ planet, ask } = await startProduction());
}, 60_000);

afterAll(() => planet?.dispose());

/** Without monitors, so that nothing is probed. */
const DOCUMENT = {
  pools: {
    north: { origins: [{ name: "a", address: "a.example.com" }] },
    south: { origins: [{ name: "b", address: "b.example.com" }] },
  },
  load_balancers: { "shop.example.com": { default_pools: ["north"], fallback_pool: "south" } },
};

interface Desk {
  acknowledged: { event: string; by: string; at: string }[];
}

describe("the desk", () => {
  const note = (...events: string[]) =>
    json<Desk>("/v1/desk", putJson({ acknowledged: events.map((event) => ({ event })) }));
  const evict = () =>
    planet.unsafeEvictDurableObject("tradewind-central", "OperatorDesk", {
      name: deskObject(DEFAULT_ACCOUNT),
    });

  test("keeps every note over evictions between any two calls, and the first note of an event", async () => {
    await note("weur:1", "weur:2");
    await evict();
    const { acknowledged: before } = await note("config:7", "weur:1");
    expect(before.map(({ event }) => event)).toEqual(["weur:1", "weur:2", "config:7"]);
    await evict();
    expect((await json<Desk>("/v1/desk")).acknowledged).toEqual(before);
  });

  test("of notes that come at once none is lost", async () => {
    const events = Array.from({ length: 20 }, (_, at) => `enam:${at + 1}`);
    await Promise.all(events.map((event) => note(event)));
    await evict();
    const kept = (await json<Desk>("/v1/desk")).acknowledged.map(({ event }) => event);
    expect(kept).toEqual(expect.arrayContaining(events));
  });

  test("keeps the newest thousand", async () => {
    const events = Array.from({ length: 1_000 }, (_, at) => `oc:${at + 1}`);
    await note("wnam:1");
    await note(...events);
    const kept = (await json<Desk>("/v1/desk")).acknowledged.map(({ event }) => event);
    expect(kept).toEqual(events);
  });

  test("has no method that a URL could reach", async () => {
    const namespace = await planet.getDurableObjectNamespace("OPERATOR_DESK", "tradewind-central");
    const stub = namespace.getByName(deskObject(DEFAULT_ACCOUNT));
    const reached = await stub.fetch("http://desk/do/call/destroy").then(
      ({ status }) => status,
      () => "no handler",
    );
    expect(reached).toBe("no handler");
    expect((await json<Desk>("/v1/desk")).acknowledged).toHaveLength(1_000);
  });
});

describe("configuration over real objects", () => {
  test("is created once, replaced under its tag, restored and audited", async () => {
    const created = await ask("/v1/config", putJson(DOCUMENT, { "if-none-match": "*" }));
    expect([created.status, await created.json()]).toMatchObject([201, { version: 1 }]);
    expect((await ask("/v1/config", putJson(DOCUMENT, { "if-none-match": "*" }))).status).toBe(412);

    const first = created.headers.get("etag") ?? "";
    const { load_balancers: _, ...without } = DOCUMENT;
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        ask("/v1/config?note=less", putJson(without, { "if-match": first })),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);

    const restored = await ask("/v1/versions/1/restore?note=back", { method: "POST" });
    expect(await restored.json()).toMatchObject({ version: 3 });
    const now = await ask("/v1/config");
    const seen = await ask("/v1/config", {
      headers: { "if-none-match": now.headers.get("etag") ?? "" },
    });
    expect([now.status, seen.status]).toEqual([200, 304]);
    const { versions } = await json<{ versions: { version: number; note: string }[] }>(
      "/v1/versions",
    );
    expect(versions.map(({ version, note }) => [version, note])).toEqual([
      [3, "back"],
      [2, "less"],
      [1, ""],
    ]);
    const { audit } = await json<{ audit: { action: string; hash: string; prev_hash: string }[] }>(
      "/v1/audit",
    );
    expect(audit.map(({ action }) => action)).toEqual(["propose", "propose", "restore"]);
    expect(audit[2]?.prev_hash).toBe(audit[1]?.hash);
    expect((await ask("/v1/versions/9/restore", { method: "POST" })).status).toBe(404);
  });

  test("a request is explained from what an edge is given, and a ticket outlives its signer", async () => {
    const post = (path: string, body: object) =>
      json<Record<string, string>>(path, { ...putJson(body), method: "POST" });
    const url = "https://shop.example.com/";
    const told = await post("/v1/explain", { url, colo: "FRA" });
    expect(told).toMatchObject({ outcome: "forward", pool: "north", endpoint: "a" });
    expect(told).toMatchObject({ known: { region: "weur", reachable: true } });
    const issue = () => post("/v1/explain/tickets", { hostname: "shop.example.com" });
    const first = await issue();
    await planet.unsafeEvictDurableObject("tradewind-central", "TicketSigner", {
      name: signerObject(DEFAULT_ACCOUNT),
    });
    const second = await issue();
    expect(second["version"]).toBe(first["version"]);
    const { audit } = await json<{ audit: { action: string }[] }>("/v1/audit");
    expect(audit.at(-1)).toMatchObject({ action: "trust" });
    const after = await post("/v1/explain", { url, colo: "FRA" });
    expect(after).toMatchObject({ version: first["version"], pool: "north" });
  });

  test("what was got, as JSON or YAML, can be put again and is accepted", async () => {
    for (const [format, type] of [
      ["json", "application/json"],
      ["yaml", "application/yaml"],
    ]) {
      const got = await ask(`/v1/config?format=${format}`);
      const headers = { "content-type": type ?? "", "if-match": got.headers.get("etag") ?? "" };
      const put = await ask("/v1/config", { method: "PUT", headers, body: await got.text() });
      expect([format, put.status]).toEqual([format, 200]);
    }
  });

  test("invalid content comes back with pointer, value and range, and stores nothing", async () => {
    const broken = structuredClone(DOCUMENT) as {
      pools: { north: { origins: Record<string, unknown>[] } };
    };
    broken.pools.north.origins[0] = { name: "a", address: "127.0.0.1", port: 70_000 };
    const before = (await ask("/v1/config")).headers.get("etag");
    const answer = await ask("/v1/config", putJson(broken));
    expect(answer.status).toBe(422);
    const { errors } = (await answer.json()) as {
      errors: { pointer: string; value: unknown; range: string }[];
    };
    const port = errors.find(({ pointer }) => pointer === "/pools/north/origins/0/port");
    expect([port?.value, port?.range]).toEqual([70_000, "a whole number 0..65535"]);
    expect((await ask("/v1/config")).headers.get("etag")).toBe(before);
  });

  test("endpoints have their names, every region answers, and metrics know the version", async () => {
    const { endpoints } = await json<{
      endpoints: { pool: string; endpoint: string; summary: string }[];
    }>("/v1/health");
    expect(endpoints).toMatchObject([
      { pool: "north", endpoint: "a", summary: "unknown" },
      { pool: "south", endpoint: "b", summary: "unknown" },
    ]);
    const { regions } = await json<{ regions: { reachable: boolean }[] }>("/v1/regions");
    expect(regions.filter(({ reachable }) => reachable)).toHaveLength(REGIONS.length);
    expect(await (await ask("/metrics")).text()).toMatch(/^tradewind_config_version [5-9]$/m);
  });

  test("the watchdog looks by its own alarm when nobody asks it to, and finds every region awake", async () => {
    const read = () =>
      json<{ looks: number; regions: { missed: string | null }[]; dead_man: null }>("/v1/watchdog");
    await vi.waitFor(async () => expect((await read()).looks).toBeGreaterThan(0), {
      timeout: 30_000,
      interval: 50,
    });
    const { regions, dead_man } = await read();
    expect(regions.map(({ missed }) => missed)).toEqual(REGIONS.map(() => null));
    expect(dead_man).toBeNull();
  });

  test("the stream tells of a change as it happens", async () => {
    const answer = await ask("/v1/events", { headers: { accept: "text/event-stream" } });
    const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    const readUntil = async (wanted: string) => {
      for (let parts = 0; !text.includes(wanted) && parts < 200; parts += 1) {
        text += (await reader?.read())?.value ?? "";
      }
    };
    await readUntil("restore by operator");
    const { version } = await json<{ version: number }>("/v1/config", putJson(DOCUMENT));
    await readUntil(`"version ${version}"`);
    expect(text).toContain(`"version ${version}"`);
    await reader?.cancel();
  });
});
