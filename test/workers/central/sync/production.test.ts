/** The ledger as a Durable Object in the production bundle: found by name, evicted, woken, with its secrets at rest. */
import { type Miniflare, Response } from "miniflare";
import { afterAll, beforeAll, expect, test } from "vitest";
import { DEFAULT_ACCOUNT, ledgerObject } from "../../../../routing/names.ts";
import { putJson } from "../planet.ts";
import { startProduction } from "../production.ts";

const ZONE = "shop.example.com";
const PATH = `/v1/zones/${ZONE}`;

let planet: Miniflare;
let ask: Awaited<ReturnType<typeof startProduction>>["ask"];
let sealed = "";
/** Keys that PowerDNS was called with. */
const keys: (string | null)[] = [];
const soa = { name: `${ZONE}.`, type: "SOA", ttl: 60, records: [{ content: "a. b. 1 2 3 4 5" }] };
const zone = { kind: "Native", rrsets: [soa] };

beforeAll(async () => {
  const variables = {
    TW_KEK_1: btoa("1".repeat(32)),
    TW_KEK_2: btoa("2".repeat(32)),
    TW_CRED_BROKEN: '{"api_key": 1}',
  };
  ({ planet, ask } = await startProduction(variables, async ({ headers }) => {
    keys.push(headers.get("x-api-key"));
    return Response.json(zone);
  }));
}, 60_000);

afterAll(() => planet?.dispose());

const json = async <T>(path: string, init?: RequestInit) =>
  (await (await ask(path, init)).json()) as T;
const evict = () =>
  planet.unsafeEvictDurableObject("tradewind-central", "SyncLedger", {
    name: ledgerObject(DEFAULT_ACCOUNT, ZONE),
  });
const zoneWith = (credentials: object) => {
  const zone = { provider: "powerdns", endpoint: "https://powerdns.example", credentials };
  return putJson({ zones: { [ZONE]: zone } });
};

test("credentials are sealed before the zone is there, and are kept over an eviction", async () => {
  const put = await ask(
    `${PATH}/credentials?provider=powerdns&endpoint=https://powerdns.example`,
    putJson({ api_key: "canary" }),
  );
  const answer = (await put.json()) as { sealed: string; key: string };
  expect([put.status, answer.key]).toEqual([201, "TW_KEK_2"]);
  sealed = answer.sealed;
  await evict();
  const list = await json<{ credentials: object[] }>(`${PATH}/credentials`);
  expect(list.credentials).toMatchObject([{ sealed, provider: "powerdns", key: "TW_KEK_2" }]);
  expect(JSON.stringify(list)).not.toContain("canary");
  expect((await ask(PATH)).status).toBe(404);
});

interface Status {
  looked_at: string | null;
  in_step: boolean | null;
  next_look_at: string | null;
  failure: { kind: string; detail: string } | null;
}

/** Asks until the ledger has looked as it should: the poke of an accepted change rings its alarm. */
async function looked(isIt: (status: Status) => boolean): Promise<Status> {
  for (let times = 0; times < 1_000; times += 1) {
    const status = await json<Status>(PATH);
    if (isIt(status)) return status;
  }
  throw new Error("nobody looked");
}

test("an accepted zone is looked at on the object's own alarm, and again after that", async () => {
  expect((await ask("/v1/config", zoneWith({ env: "TW_CRED_BROKEN" }))).status).toBe(201);
  const { failure, next_look_at, looked_at } = await looked((status) => status.looked_at !== null);
  expect(failure?.kind).toBe("unauthorized");
  expect(failure?.detail).toContain("TW_CRED_BROKEN");
  expect(Date.parse(next_look_at ?? "")).toBeGreaterThan(Date.parse(looked_at ?? ""));
});

test("what was sealed opens after an eviction, and the provider is called with it", async () => {
  expect(keys).toEqual([]);
  expect((await ask("/v1/config", zoneWith({ sealed }))).status).toBe(200);
  // An eviction in the middle of a look waits for its end.
  await looked((status) => status.in_step === true);
  await evict();
  expect(await json(`${PATH}/plan`)).toMatchObject({ changes: [], frozen: [] });
  expect([keys.length >= 2, new Set(keys)]).toEqual([true, new Set(["canary"])]);
});

test("a zone that would have them sent elsewhere calls nobody", async () => {
  const calls = keys.length;
  const config = {
    provider: "powerdns",
    endpoint: "https://evil.example",
    credentials: { sealed },
  };
  expect((await ask("/v1/config", putJson({ zones: { [ZONE]: config } }))).status).toBe(200);
  const { failure } = await looked((status) => status.failure?.kind === "unauthorized");
  expect(failure?.detail).toContain("bound to https://powerdns.example");
  expect(failure?.detail).toContain("?endpoint=");
  expect(keys).toHaveLength(calls);
});

test("a freeze outlives the instance, and the cron finds every ledger", async () => {
  await ask(`${PATH}/freeze`, { method: "PUT" });
  await evict();
  expect(await json(PATH)).toMatchObject({ frozen: ["ledger"] });
  const central = await planet.getWorker("tradewind-central");
  expect(await central.scheduled()).toMatchObject({ outcome: "ok" });
});

test("a caller reaches the methods of the interfaces and nothing else", async () => {
  const namespace = await planet.getDurableObjectNamespace("SYNC_LEDGER", "tradewind-central");
  const stub = namespace.getByName(ledgerObject(DEFAULT_ACCOUNT, ZONE)) as unknown as Record<
    string,
    () => Promise<unknown>
  >;
  expect(await stub["listCredentials"]?.()).toMatchObject([{ id: sealed }]);
  for (const name of ["core", "credentials", "rows", "variables", "env", "open", "unseal"]) {
    await expect((async () => stub[name]?.())()).rejects.toThrow("does not implement the method");
  }
});
