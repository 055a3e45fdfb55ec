import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { bundle } from "../../../../../local/build.ts";
import { powerdnsAbilities } from "../../../../../workers/central/dns/powerdns.ts";
import type { Provider } from "../../../../../workers/central/dns/provider.ts";
import { RFC2136_ABILITIES } from "../../../../../workers/central/dns/rfc2136.ts";
import { makeTsigKey, type TsigKey } from "../../../../servers/bind.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { startPowerDns } from "../../../../servers/powerdns.ts";
import { OWNER, providerContract } from "../contract.ts";
import { asked } from "./asked.ts";
import { add, nsupdate, startEmptyBind, zone } from "./bind-zone.ts";
import { patch, rrsetOf } from "./powerdns-zone.ts";
import type { Called } from "./provider-worker.ts";

describe.skipIf(serversMissing)(needingServers("providers in workerd"), () => {
  let worker: Miniflare;
  let address: URL;
  beforeAll(async () => {
    worker = new Miniflare({
      cf: false,
      workers: [
        {
          config: {
            name: "provider",
            compatibilityDate: "2026-11-01",
            compatibilityFlags: ["enable_request_signal"],
            manifest: {
              mainModule: "main.js",
              modules: {
                "main.js": {
                  type: "esm" as const,
                  contents: await bundle("test/workers/central/dns/servers/provider-worker.ts"),
                },
              },
            },
          },
        },
      ],
    });
    address = await worker.ready;
  });
  afterAll(() => worker?.dispose());

  const call = async (called: Called) => {
    const answer = await fetch(address, { method: "POST", body: JSON.stringify(called) });
    if (!answer.ok) throw new Error(await answer.text());
    return await answer.json();
  };

  /** Its calls are made by the worker. */
  const remote = (of: Called, abilities: Provider["abilities"]): Provider => ({
    abilities,
    calls: 0,
    populate: async () => (await call(of)) as Awaited<ReturnType<Provider["populate"]>>,
    write: async (batch) =>
      (await call({ ...of, batch })) as Awaited<ReturnType<Provider["write"]>>,
  });

  const viaDns = (key: TsigKey, endpoint: string): Called => ({
    kind: "rfc2136",
    input: {
      zone,
      owner: OWNER,
      endpoint,
      settings: { tsig_key_name: key.name, tsig_algorithm: key.algorithm },
      credentials: { tsig_secret: key.secret },
    },
  });
  const viaApi = (endpoint: string, apiKey: string): Called => ({
    kind: "powerdns",
    input: {
      zone,
      owner: OWNER,
      endpoint,
      settings: { server_id: "localhost", lua_records: true },
      credentials: { api_key: apiKey },
    },
  });

  providerContract("rfc2136 in workerd", async () => {
    const server = await startEmptyBind();
    const endpoint = `${server.host}:${server.port}`;
    const wrong = makeTsigKey(server.key.name, "hmac-sha256");
    const over = (key: TsigKey, to = endpoint) => remote(viaDns(key, to), RFC2136_ABILITIES);
    return {
      zone,
      provider: over(server.key),
      ask: asked(server.port),
      foreign: (set) => nsupdate(server, add(set)),
      meet: {
        unauthorized: async () => over(wrong),
        unreachable: async () => over(server.key, "127.0.0.1:1"),
      },
      stop: () => server.stop(),
    };
  });

  providerContract("powerdns in workerd", async () => {
    const server = await startPowerDns({ zones: [zone] });
    const abilities = powerdnsAbilities({ lua_records: true });
    const over = (endpoint = server.endpoint, key = server.apiKey) =>
      remote(viaApi(endpoint, key), abilities);
    return {
      zone,
      provider: over(),
      ask: asked(server.dnsPort),
      foreign: (set) => patch(server, [rrsetOf(set)]),
      meet: {
        unauthorized: async () => over(server.endpoint, "wrong"),
        unreachable: async () => over("http://127.0.0.1:1"),
      },
      stop: () => server.stop(),
    };
  });

  test("a server that never answers is left when the signal says so, and its connection closed", async () => {
    let closed = 0;
    const silent = createServer((socket) => {
      socket.on("error", () => {});
      socket.on("close", () => {
        closed += 1;
      });
      socket.resume();
    });
    silent.listen(0, "127.0.0.1");
    await once(silent, "listening");
    const { port } = silent.address() as AddressInfo;
    const key = makeTsigKey("key", "hmac-sha256");
    const listing = await call({ ...viaDns(key, `127.0.0.1:${port}`), abortAfterMs: 50 });
    expect(listing).toMatchObject({ ok: false, error: { kind: "unreachable" } });
    await expect.poll(() => closed, { timeout: 20_000 }).toBe(1);
    await new Promise<void>((resolve) => silent.close(() => resolve()));
  });
});
