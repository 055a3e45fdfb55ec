import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { pokeLedgers, wakeLedgers } from "../../../workers/central/sync/wake.ts";
import { planet, putJson, START_MS } from "./planet.ts";
import { SYNC } from "./sync/bench-zone.ts";

const ZONE = "shop.test";
const ROUTE = {
  apiVersion: "gateway.networking.k8s.io/v1",
  kind: "HTTPRoute",
  metadata: { name: "shop", namespace: "default" },
  spec: {
    hostnames: ["shop.example"],
    rules: [{ backendRefs: [{ kind: "Pool", name: "north" }] }],
  },
};
const DOCUMENT = {
  pools: { north: { origins: [{ name: "a", address: "a.example" }] } },
  zones: { [ZONE]: {} },
};

const errors: string[] = [];
beforeEach(() => {
  errors.length = 0;
  vi.spyOn(console, "error").mockImplementation((text) => errors.push(String(text)));
});
afterEach(() => vi.restoreAllMocks());

/** A planet that notes which ledgers were poked. */
function watched() {
  const all = planet();
  all.world.synced.set(ZONE, SYNC);
  const poked: string[] = [];
  const { ledger } = all.ports.objects;
  all.ports.objects.ledger = (account, zone) => ({
    ...ledger(account, zone),
    poke: async () => {
      poked.push(zone);
    },
  });
  const pokesOf = async (path: string, init: RequestInit) => {
    poked.length = 0;
    const { status } = await all.ask(path, init);
    await all.settled();
    return [status, ...poked];
  };
  return { ...all, pokesOf };
}

describe("after a change of the configuration", () => {
  test("every zone that is kept in step looks soon, however the change came", async () => {
    const { pokesOf } = watched();
    expect(await pokesOf("/v1/config", putJson(DOCUMENT))).toEqual([201, ZONE]);
    const route = "/v1/http_routes/default/shop";
    expect(await pokesOf(route, putJson(ROUTE))).toEqual([201, ZONE]);
    expect(await pokesOf(route, { method: "DELETE" })).toEqual([200, ZONE]);
    expect(await pokesOf("/v1/versions/1/restore", { method: "POST" })).toEqual([200, ZONE]);
  });

  test("that was refused nobody is woken", async () => {
    const { pokesOf } = watched();
    const stale = putJson(DOCUMENT, { "if-match": '"old"' });
    expect(await pokesOf("/v1/config", stale)).toEqual([412]);
  });

  test("a zone that is gone is left alone", async () => {
    const { pokesOf } = watched();
    await pokesOf("/v1/config", putJson(DOCUMENT));
    expect(await pokesOf("/v1/config", putJson({ pools: {} }))).toEqual([200]);
  });

  test("a ledger or a store that fails is told in the log, and the change is accepted all the same", async () => {
    const { ports, pokesOf } = watched();
    ports.objects.ledger = () => {
      throw new Error("down");
    };
    expect(await pokesOf("/v1/config", putJson(DOCUMENT))).toEqual([201]);
    expect(errors.map((text) => JSON.parse(text))).toEqual([
      { level: "error", event: "ledgers-not-woken", zones: [ZONE] },
    ]);
    const { config } = ports.objects;
    ports.objects.config = () => ({
      ...config(""),
      syncedZones: () => Promise.reject(new Error()),
    });
    await pokeLedgers({ ports, account: "default" });
    expect(errors.at(-1)).toContain("the configuration store did not answer");
  });
});

describe("the waker from outside", () => {
  test("sets an alarm that was lost and leaves one that is to come", async () => {
    const { ask, ports, settled, world } = planet();
    world.synced.set(ZONE, SYNC);
    await ask("/v1/config", putJson(DOCUMENT));
    await settled();
    const wake = () => wakeLedgers({ ports, account: "default" });
    expect(world.alarms.get(ZONE)).toBe(START_MS);
    world.nowMs += 2_000;
    await wake();
    expect(world.alarms.get(ZONE)).toBe(START_MS);
    world.nowMs += 2_000;
    await wake();
    expect(world.alarms.get(ZONE)).toBe(START_MS + 4_000);
    expect(errors).toEqual([]);
  });
});
