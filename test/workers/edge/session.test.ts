/** A visitor with a session, an edge in workerd, and real processes that answer him. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { compileTable } from "../../../routing/table/compile.ts";
import { OriginProcess } from "../../origins/process.ts";
import { tableOf } from "../../routing/table/fixtures.ts";
import { type Ask, ask as askPort, TestEdge } from "./harness/edge.ts";
import { until } from "./harness/until.ts";
import { World } from "./harness/world.ts";

const HOST = "shop.example";
const REQUESTS = 50;
const world = new World();
const origins = ["one", "two", "three"].map((name) => new OriginProcess({ name, pool: "web" }));
let edge: TestEdge;

/** The rule is chosen by a header, so that the path is the endpoint's to read. */
const rule = (
  name: string,
  sessionPersistence: object,
  backendRefs: object[] = [{ name: "web" }],
) => ({
  matches: [{ headers: [{ name: "x-rule", value: name }] }],
  backendRefs,
  sessionPersistence,
});

const endpointAt = ({ port, options }: OriginProcess) => ({
  name: options.name,
  address: "http://127.0.0.1",
  port,
});

const documentOf = () => ({
  pools: {
    web: { origin_steering: { policy: "random" }, origins: origins.map(endpointAt) },
    blue: { origins: origins.slice(0, 1).map(endpointAt) },
    green: { origins: origins.slice(1, 2).map(endpointAt) },
  },
  http_routes: [
    {
      apiVersion: "gateway.networking.k8s.io/v1",
      kind: "HTTPRoute",
      metadata: { name: "shop" },
      spec: {
        hostnames: [HOST],
        rules: [
          rule("cookie", { sessionName: "Stay" }),
          rule("header", { type: "Header", sessionName: "X-Stay" }),
          rule("hour", {
            sessionName: "hour",
            absoluteTimeout: "1h",
            cookieConfig: { lifetimeType: "Permanent" },
          }),
          rule("idle", { sessionName: "idle", idleTimeout: "1m" }),
          rule("split", {}, [
            { name: "blue", weight: 0 },
            { name: "green", weight: 1 },
          ]),
          rule("one of split", { sessionName: "blue" }, [{ name: "blue" }]),
        ],
      },
    },
  ],
});

beforeAll(async () => {
  await Promise.all([world.start(), ...origins.map((origin) => origin.start())]);
  world.writeKv(compileTable(tableOf(documentOf())));
  edge = await TestEdge.start(world);
});

afterAll(async () => {
  await edge.stop();
  await Promise.all([world.stop(), ...origins.map((origin) => origin.kill())]);
});

type Headers = Readonly<Record<string, string>>;

async function ask(name: string, headers: Headers = {}, more: Ask = {}) {
  const answer = await edge.ask(HOST, { ...more, headers: { "x-rule": name, ...headers } });
  expect(answer.status).toBe(200);
  const [setCookie = ""] = (answer.headers["set-cookie"] ?? []).slice(-1);
  const [cookie = ""] = setCookie.split(";");
  return { ...answer, origin: answer.headers["x-origin"], setCookie, cookie };
}

/** Who answered, and how many of the answers had a new session. */
async function askOften(name: string, headers: Headers) {
  const seen = new Set<unknown>();
  let renewed = 0;
  for (let count = 0; count < REQUESTS; count += 1) {
    const { origin, setCookie, headers: got } = await ask(name, headers);
    seen.add(origin);
    if (setCookie !== "" || got["x-stay"] !== undefined) renewed += 1;
  }
  return { seen: [...seen], renewed };
}

/** The cookie as if it had been started and last used so long ago. */
function aged(cookie: string, startedAgoMs: number, usedAgoMs: number): string {
  const [version, endpoint] = cookie.split(".");
  const at = (agoMs: number) => (Date.now() - agoMs).toString(36);
  return [version, endpoint, at(startedAgoMs), at(usedAgoMs)].join(".");
}

describe("a cookie", () => {
  test("is set once and brings every request of the visitor to one of three endpoints", async () => {
    const { cookie, setCookie, origin } = await ask("cookie");
    expect(setCookie).toMatch(/^Stay=1\.[0-9a-z.]+; Path=\/; HttpOnly; SameSite=Lax$/);
    expect(await askOften("cookie", { cookie })).toEqual({ seen: [origin], renewed: 0 });
  });

  test("is another visitor's business: without it requests are spread", async () => {
    const { seen, renewed } = await askOften("cookie", {});
    expect([seen.length, renewed]).toEqual([3, REQUESTS]);
  });

  test("of nonsense is replaced", async () => {
    for (const cookie of ["Stay=1.zzz.a.b", "Stay=x", `Stay=${"1.".repeat(5_000)}`]) {
      expect((await ask("cookie", { cookie })).cookie).toMatch(/^Stay=1\./);
    }
  });

  test("stands beside those of the endpoint", async () => {
    const { headers } = await ask("cookie", {}, { path: "/cookies" });
    expect(headers["set-cookie"]).toHaveLength(3);
    expect(headers["set-cookie"]?.slice(0, 2).join()).toMatch(/^a=1.*,b=2/);
  });

  test.each<[string, Ask]>([
    ["/gzip", {}],
    ["/bytes/5000", { method: "HEAD" }],
    ["/range", { headers: { range: "bytes=10-19" } }],
    ["/trailers", {}],
    ["/status/200", { method: "POST", body: "x" }],
  ])("changes nothing else of an answer: %s %j", async (path, more) => {
    const headers = { "x-rule": "cookie", ...more.headers };
    const through = await edge.ask(HOST, { path, ...more, headers });
    const [direct] = await Promise.all(
      origins
        .filter(({ options }) => options.name === through.headers["x-origin"])
        .map(({ port }) => askPort(port, HOST, { path, ...more, headers })),
    );
    const { "set-cookie": session, ...kept } = through.headers;
    expect(session).toHaveLength(1);
    for (const name of ["content-length", "content-encoding", "content-range", "etag"]) {
      expect([name, kept[name]]).toEqual([name, direct?.headers[name]]);
    }
    expect([through.status, through.body]).toEqual([direct?.status, direct?.body]);
  });

  test("does not go on to the endpoint; the others do", async () => {
    const { cookie } = await ask("cookie");
    const seen = async (sent: string) =>
      JSON.parse((await ask("cookie", { cookie: sent }, { path: "/echo" })).text).headers.cookie;
    expect(await seen(`a=1; ${cookie}; b=2`)).toBe("a=1; b=2");
    expect(await seen(cookie)).toBeUndefined();
  });

  test("of one rule is nothing to another", async () => {
    const { cookie } = await ask("cookie");
    expect((await ask("idle", { cookie })).cookie).toMatch(/^idle=1\./);
  });
});

test("a header does the same for those that keep no cookies", async () => {
  const { headers, origin, setCookie } = await ask("header");
  const stay = String(headers["x-stay"]);
  expect([stay.split(".").length, setCookie]).toEqual([4, ""]);
  expect(await askOften("header", { "x-stay": stay })).toEqual({ seen: [origin], renewed: 0 });
  const { text } = await ask("header", { "x-stay": stay }, { path: "/echo" });
  expect(JSON.parse(text).headers["x-stay"]).toBeUndefined();
});

describe("a session ends", () => {
  test("with its absolute timeout, which is how long a permanent cookie lives", async () => {
    const { cookie, setCookie } = await ask("hour");
    expect(setCookie).toMatch(/; Max-Age=3600;/);
    expect((await ask("hour", { cookie: aged(cookie, 3_590_000, 0) })).cookie).toBe("");
    const over = await ask("hour", { cookie: aged(cookie, 3_600_000, 0) });
    expect(over.setCookie).toMatch(/; Max-Age=3600;/);
  });

  test("when it was idle for too long, and is prolonged by every use", async () => {
    const { cookie, origin } = await ask("idle");
    const old = aged(cookie, 120_000, 50_000);
    const prolonged = await ask("idle", { cookie: old });
    const [, endpoint, start, used] = prolonged.cookie.split(".");
    expect([endpoint, start]).toEqual(old.split(".").slice(1, 3));
    expect(Date.now() - Number.parseInt(String(used), 36)).toBeLessThan(10_000);
    expect(prolonged.origin).toBe(origin);
    const over = await ask("idle", { cookie: aged(cookie, 120_000, 61_000) });
    expect(over.cookie.split(".")[2]).not.toBe(start);
  });
});

test("weights are for new visitors: a backend of weight 0 keeps its own", async () => {
  expect((await askOften("split", {})).seen).toEqual(["two"]);
  const [value] = (await ask("one of split")).cookie.split("=").slice(1);
  const [name] = (await ask("split")).cookie.split("=");
  expect(await askOften("split", { cookie: `${name}=${value}` })).toEqual({
    seen: ["one"],
    renewed: 0,
  });
});

test("a backend of weight 0 that is gone for good loses its own within a few requests", async () => {
  const [value] = (await ask("one of split")).cookie.split("=").slice(1);
  const [name] = (await ask("split")).cookie.split("=");
  await origins[0]?.kill();
  const headers = { "x-rule": "split", cookie: `${name}=${value}` };
  await until(async () => (await edge.ask(HOST, { headers })).headers["x-origin"] === "two");
  await origins[0]?.start();
});

test("an endpoint that is killed is left for another, which is then kept", async () => {
  const before = await ask("cookie");
  const home = origins.find(({ options }) => options.name === before.origin);
  await home?.kill();
  const after = await ask("cookie", { cookie: before.cookie });
  expect(after.origin).not.toBe(before.origin);
  expect(after.cookie).toMatch(/^Stay=1\./);
  await home?.start();
  const { cookie } = after;
  expect(await askOften("cookie", { cookie })).toEqual({ seen: [after.origin], renewed: 0 });
});
