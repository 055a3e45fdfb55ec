/** Session affinity on the running planet, with its distances: from several colos, over new isolates, kills and a drain. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SpawnedPlanet, Visit } from "../../local/spawn.ts";
import { OriginProcess } from "../origins/process.ts";
import { until } from "../workers/edge/harness/until.ts";
import { startPlanet } from "./planet.ts";

const COLOS = ["FRA", "LHR", "NRT", "GRU"];
const REQUESTS = 50;
const DRAIN_SECONDS = 25;
const SOON = { timeout: 30_000, interval: 100 };

const origins = ["e1", "e2", "e3"].map((name) => new OriginProcess({ name, pool: "web" }));
let planet: SpawnedPlanet;
let version = 0;

const tcp = {
  type: "tcp",
  interval: 1,
  timeout: 1,
  retries: 0,
  consecutive_up: 1,
  consecutive_down: 1,
};

const balancer = (pool: string, affinity: string, attributes: object = {}) => ({
  default_pools: [pool],
  fallback_pool: pool,
  session_affinity: affinity,
  session_affinity_attributes: attributes,
  // Who answers this has the version.
  rules: [
    {
      condition: 'http.request.uri.path eq "/version"',
      fixed_response: { message_body: String(version) },
    },
  ],
});

const failover = (zero_downtime_failover: string) => ({ zero_downtime_failover });

/** `web` is not probed, so that a kill is between two probes for ever; `seen` is probed every second. */
function documentOf(off: string | null) {
  version += 1;
  const all = origins.map(({ port, options: { name } }) => ({
    name,
    address: "127.0.0.1",
    port,
    enabled: name !== off,
  }));
  const seen = all.map((one) => ({ ...one, enabled: true }));
  const origin_steering = { policy: "random" };
  return {
    monitors: { tcp },
    pools: {
      web: { origin_steering, origins: all },
      seen: { monitor: "tcp", origin_steering, origins: seen },
    },
    load_balancers: {
      "cookie.example": balancer("web", "cookie", { drain_duration: DRAIN_SECONDS }),
      "ip.example": balancer("web", "ip_cookie"),
      "header.example": balancer("web", "header", { headers: ["X-User"] }),
      "none.example": balancer("web", "cookie", failover("none")),
      "temporary.example": balancer("web", "cookie", failover("temporary")),
      "sticky.example": balancer("web", "cookie", failover("sticky")),
      "probed.example": balancer("seen", "cookie", failover("none")),
    },
  };
}

/** Applies it and waits until every colo that is visited has it. */
async function apply(off: string | null): Promise<void> {
  const put = await planet.api("/v1/config", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(documentOf(off)),
  });
  expect(put.status < 300 ? "" : put.text).toBe("");
  for (const colo of COLOS) {
    const at = async () => (await planet.get("cookie.example", "/version", { colo })).text;
    await until(async () => (await at()) === String(version), SOON.timeout);
  }
}

beforeAll(async () => {
  await Promise.all(origins.map((origin) => origin.start()));
  planet = await startPlanet({ rtt: true });
  await apply(null);
});
afterAll(async () => {
  await planet?.stop();
  await Promise.all(origins.map((origin) => origin.kill()));
});

async function ask(host: string, { cookie, ...visit }: Visit & { readonly cookie?: string } = {}) {
  const headers = { ...(cookie === undefined ? {} : { cookie }), ...visit.headers };
  const answer = await planet.get(host, "/", { colo: "FRA", ...visit, headers });
  const found = [answer.headers["set-cookie"] ?? []]
    .flat()
    .find((one) => one.startsWith("__twlb_"));
  const [sent = ""] = (found ?? "").split(";");
  return { status: answer.status, by: String(answer.headers["x-origin"]), set: sent, whole: found };
}

const originOf = (name: string): OriginProcess => {
  const found = origins.find(({ options }) => options.name === name);
  if (found === undefined) throw new Error(`${name} is no origin`);
  return found;
};

describe("a visitor stays with his endpoint", () => {
  /** Everywhere in turn, and everywhere again in isolates that are new. */
  async function everywhere(host: string, visit: Visit & { readonly cookie?: string }) {
    const seen = new Set<string>();
    const renewed = new Set<string>();
    const round = async () => {
      for (let count = 0; count < REQUESTS / 2; count += 1) {
        const { status, by, set } = await ask(host, {
          ...visit,
          colo: COLOS[count % COLOS.length] ?? "",
        });
        seen.add(`${status} ${by}`);
        renewed.add(set);
      }
    };
    await round();
    await planet.fault("isolate", "all", "recycle");
    await round();
    return { seen: [...seen], renewed: [...renewed] };
  }

  test("by his cookie: 50 requests from four colos, half of them at new isolates", async () => {
    const { by, set, whole } = await ask("cookie.example");
    expect(whole).toMatch(/; Path=\/; Max-Age=82800; HttpOnly; SameSite=Lax$/);
    expect(await everywhere("cookie.example", { cookie: set })).toEqual({
      seen: [`200 ${by}`],
      renewed: [""],
    });
  });

  test("by his address, also without a cookie", async () => {
    const headers = { "tw-client": "ip=203.0.113.9" };
    const { by } = await ask("ip.example", { headers });
    const { seen } = await everywhere("ip.example", { headers });
    expect(seen).toEqual([`200 ${by}`]);
  });

  test("by his header, without any cookie", async () => {
    const headers = { "x-user": "ann" };
    const { by } = await ask("header.example", { headers });
    expect(await everywhere("header.example", { headers })).toEqual({
      seen: [`200 ${by}`],
      renewed: [""],
    });
  });

  test("and others do not: without any of these all three endpoints answer", async () => {
    const seen = new Set<string>();
    for (let count = 0; count < REQUESTS; count += 1) seen.add((await ask("cookie.example")).by);
    expect(seen.size).toBe(3);
  });

  test("over https the cookie is for https, and for pages inside other sites", async () => {
    const { whole } = await ask("cookie.example", { headers: { "tw-client": "proto=https" } });
    expect(whole).toMatch(/; HttpOnly; SameSite=None; Secure$/);
  });
});

describe("when his endpoint is killed, and comes back", () => {
  async function killed(host: string) {
    const before = await ask(host);
    const home = originOf(before.by);
    await home.kill();
    const during = [];
    for (let count = 0; count < 10; count += 1)
      during.push(await ask(host, { cookie: before.set }));
    await home.start();
    return { before, during };
  }

  test("none: he sees the error, and is back with it as soon as it is", async () => {
    const { before, during } = await killed("none.example");
    expect(during.map(({ status, set }) => `${status}${set}`)).toEqual(Array(10).fill("502"));
    const again = async () => (await ask("none.example", { cookie: before.set })).by;
    expect(await again()).toBe(before.by);
  });

  test("temporary: others answer him, his cookie stays, and he comes back", async () => {
    const { before, during } = await killed("temporary.example");
    for (const { status, by, set } of during) {
      expect([status, by === before.by, set]).toEqual([200, false, ""]);
    }
    const again = async () => (await ask("temporary.example", { cookie: before.set })).by;
    await expect.poll(again, SOON).toBe(before.by);
  });

  test("sticky: his cookie moves at once, and he stays where he went", async () => {
    const { before, during } = await killed("sticky.example");
    for (const { status, by, set } of during) {
      expect([status, by === before.by, set === ""]).toEqual([200, false, false]);
    }
    const moved = during[0];
    for (let count = 0; count < 10; count += 1) {
      const { by, set } = await ask("sticky.example", { cookie: moved?.set ?? "" });
      expect([by, set]).toEqual([moved?.by, ""]);
    }
  });

  test("none, and the region's probes see it: he gets a new endpoint and a new cookie", async () => {
    const before = await ask("probed.example");
    const home = originOf(before.by);
    await home.kill();
    const now = async () => {
      const { status, set } = await ask("probed.example", { cookie: before.set });
      return `${status} ${set === "" ? "kept" : "moved"}`;
    };
    await expect.poll(now, SOON).toBe("200 moved");
    await home.start();
  });
});

test("an endpoint that is disabled keeps its visitors for as long as it drains, and gets no others", async () => {
  const { by, set } = await ask("cookie.example");
  await apply(by);
  const disabled = async () => {
    const headers = { accept: "application/json" };
    const { pools } = JSON.parse((await planet.api("/v1/config", { headers })).text) as {
      pools: { web: { origins: { name: string; disabled_at?: string }[] } };
    };
    const found = pools.web.origins.find(({ name }) => name === by);
    return Date.parse(found?.disabled_at ?? "");
  };
  const endMs = (await disabled()) + DRAIN_SECONDS * 1_000;
  let kept = 0;
  let last: Awaited<ReturnType<typeof ask>> | null = null;
  while (last?.set === undefined || last.set === "") {
    const colo = COLOS[kept % COLOS.length] ?? "";
    last = await ask("cookie.example", { cookie: set, colo });
    // What was sent before the end may be answered by it; what is answered elsewhere was sent after it.
    if (last.set === "") expect([last.status, last.by]).toEqual([200, by]);
    else expect(Date.now()).toBeGreaterThanOrEqual(endMs);
    expect((await ask("cookie.example", { colo })).by).not.toBe(by);
    kept += 1;
  }
  expect(kept).toBeGreaterThan(2);
  expect(last.by).not.toBe(by);
});
