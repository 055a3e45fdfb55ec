/** Session affinity of load balancers through the whole edge, on time that the test moves. */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { NOW_MS } from "../../routing/table/fixtures.ts";
import { compileDocument } from "./harness/document.ts";
import { startNodeEdge } from "./harness/node-edge.ts";

const HOST = "shop.example";
const NAMES = ["a1", "a2", "a3"];

beforeEach(() => vi.useFakeTimers({ now: NOW_MS }));
afterEach(() => vi.useRealTimers());

const origin = (name: string, more: object = {}) => ({
  name,
  address: `https://${name}.example`,
  ...more,
});

interface Options {
  readonly affinity?: string;
  readonly ttl?: number;
  readonly attributes?: object;
  readonly origins?: readonly object[];
  readonly more?: object;
}

const documentOf = ({ affinity = "cookie", ttl, attributes = {}, origins, more }: Options) => ({
  pools: {
    a: {
      origin_steering: { policy: "random" },
      origins: origins ?? NAMES.map((name) => origin(name)),
    },
    b: { origins: [origin("b1")] },
  },
  load_balancers: {
    [HOST]: {
      default_pools: ["a", "b"],
      fallback_pool: "b",
      session_affinity: affinity,
      ...(ttl === undefined ? {} : { session_affinity_ttl: ttl }),
      session_affinity_attributes: attributes,
      ...more,
    },
  },
});

/** An edge whose chance is a counter, so that requests without a session are spread. */
function opened(options: Options) {
  const failing = new Set<string>();
  let drawn = 0;
  const edge = startNodeEdge({
    fetch: async (request) => {
      const [name = ""] = new URL(request.url).hostname.split(".");
      if (failing.has(name)) throw new Error("refused");
      return new Response(name, { headers: { "set-cookie": "own=1" } });
    },
    ports: {
      chance: {
        uniform: () => {
          drawn += 1;
          return (drawn * 0.37) % 1;
        },
        id: () => "0123456789abcdef".repeat(2),
      },
    },
  });
  const first = compileDocument(1, documentOf(options));
  edge.write(first);
  edge.region = first;
  const ask = async (
    headers: Record<string, string> = {},
    target = "/",
    init: RequestInit = {},
  ) => {
    const answer = await edge.ask(HOST, target, { ...init, headers });
    const set = answer.headers.getSetCookie().filter((one) => one.startsWith("__twlb_"));
    const [setCookie = ""] = set;
    const [cookie = ""] = setCookie.split(";");
    return { status: answer.status, by: await answer.text(), setCookie, cookie };
  };
  return { edge, ask, failing, first };
}

describe("cookie", () => {
  test("the first answer sets one, and with it every request comes to the same endpoint", async () => {
    const { ask } = opened({});
    const { by, cookie, setCookie } = await ask();
    expect(setCookie).toMatch(
      /^__twlb_[0-9a-z]+=2\.[0-9a-z]+\.[0-9a-z]+\.[\w-]{16}; Path=\/; Max-Age=82800; HttpOnly; SameSite=Lax$/,
    );
    for (let count = 0; count < 50; count += 1) {
      expect(await ask({ cookie })).toEqual({ status: 200, by, setCookie: "", cookie: "" });
    }
    const others = await Promise.all(NAMES.map(() => ask()));
    expect(new Set(others.map((one) => one.by)).size).toBeGreaterThan(1);
  });

  test("is not the endpoint's to see, and stands beside its own", async () => {
    const { ask, edge } = opened({});
    const { cookie } = await ask();
    await ask({ cookie: `x=1; ${cookie}` });
    expect(edge.sent.at(-1)?.headers.get("cookie")).toBe("x=1");
    const answer = await edge.ask(HOST, "/");
    expect(answer.headers.getSetCookie()[0]).toBe("own=1");
  });

  test("has the attributes that are asked for", async () => {
    const attributes = { samesite: "Strict", secure: "Always" };
    const { setCookie } = await opened({ attributes, ttl: 1_800 }).ask();
    expect(setCookie).toMatch(/; Max-Age=1800; HttpOnly; SameSite=Strict; Secure$/);
  });

  test("ends with its ttl, which use does not prolong", async () => {
    const { ask } = opened({ ttl: 1_800 });
    const { cookie } = await ask();
    await vi.advanceTimersByTimeAsync(1_700_000);
    expect((await ask({ cookie })).setCookie).toBe("");
    await vi.advanceTimersByTimeAsync(100_000);
    expect((await ask({ cookie })).setCookie).not.toBe("");
  });

  test("that is altered is as none", async () => {
    const { ask } = opened({});
    const { cookie } = await ask();
    for (let at = cookie.indexOf("=") + 1; at < cookie.length; at += 5) {
      const altered = `${cookie.slice(0, at)}${cookie[at] === "a" ? "b" : "a"}${cookie.slice(at + 1)}`;
      expect([at, (await ask({ cookie: altered })).setCookie === ""]).toEqual([at, false]);
    }
  });

  test("of an isolate is good at another that has never seen it", async () => {
    const one = opened({});
    const { by, cookie } = await one.ask();
    const other = startNodeEdge({
      fetch: async (request) => new Response(new URL(request.url).hostname.split(".")[0]),
    });
    other.write(one.first);
    const answer = await other.ask(HOST, "/", { headers: { cookie } });
    expect([await answer.text(), answer.headers.getSetCookie()]).toEqual([by, []]);
  });
});

describe("when the endpoint of a session fails between two probes", () => {
  test("none: its error is the visitor's, and the session stays", async () => {
    const { ask, failing } = opened({ attributes: { zero_downtime_failover: "none" } });
    const { by, cookie } = await ask();
    failing.add(by);
    for (let count = 0; count < 10; count += 1) {
      expect(await ask({ cookie })).toMatchObject({ status: 502, setCookie: "" });
    }
    failing.clear();
    expect(await ask({ cookie })).toMatchObject({ status: 200, by, setCookie: "" });
  });

  test("temporary: others answer, and it is theirs again when its endpoint is back", async () => {
    const { ask, failing } = opened({ attributes: { zero_downtime_failover: "temporary" } });
    const { by, cookie } = await ask();
    failing.add(by);
    for (let count = 0; count < 10; count += 1) {
      const answer = await ask({ cookie });
      expect(answer).toMatchObject({ status: 200, setCookie: "" });
      expect(answer.by).not.toBe(by);
    }
    failing.clear();
    await vi.advanceTimersByTimeAsync(120_000);
    expect(await ask({ cookie })).toMatchObject({ status: 200, by, setCookie: "" });
  });

  test.each([{ zero_downtime_failover: "sticky" }, {}])(
    "sticky, and when nothing is said: it moves, and stays where it went: %j",
    async (attributes) => {
      const { ask, failing } = opened({ attributes });
      const before = await ask();
      failing.add(before.by);
      const moved = await ask({ cookie: before.cookie });
      expect([moved.status, moved.by === before.by, moved.cookie === ""]).toEqual([
        200,
        false,
        false,
      ]);
      failing.clear();
      await vi.advanceTimersByTimeAsync(120_000);
      const { cookie } = moved;
      expect(await ask({ cookie })).toMatchObject({ by: moved.by, setCookie: "" });
    },
  );

  test("a request that must not be sent twice is not, and goes elsewhere the next time", async () => {
    const { ask, failing, edge } = opened({});
    const { by, cookie } = await ask();
    failing.add(by);
    const sent = edge.sent.length;
    const post = { method: "POST", body: "x" };
    expect((await ask({ cookie }, "/", post)).status).toBe(502);
    expect(edge.sent.length - sent).toBe(1);
  });
});

test("ip_cookie: without a cookie an address comes to one endpoint, other addresses to others", async () => {
  const { ask } = opened({ affinity: "ip_cookie" });
  const byIp = async (ip: string) => (await ask({ "cf-connecting-ip": ip })).by;
  const seen = new Set<string>();
  for (let host = 1; host <= 20; host += 1) {
    const ip = `192.0.2.${host}`;
    const by = await byIp(ip);
    for (let count = 0; count < 5; count += 1) expect(await byIp(ip)).toBe(by);
    seen.add(by);
  }
  expect([...seen].sort()).toEqual(NAMES);
  const { by, cookie } = await ask({ "cf-connecting-ip": "192.0.2.1" });
  expect((await ask({ cookie, "cf-connecting-ip": "192.0.2.77" })).by).toBe(by);
});

describe("header", () => {
  const attributes = { headers: ["X-User", "cookie:sid"] };

  test("equal headers, one endpoint, and no cookie", async () => {
    const { ask } = opened({ affinity: "header", attributes });
    const seen = new Set<string>();
    for (let user = 0; user < 20; user += 1) {
      const sent = { "x-user": `u${user}`, cookie: `z=${user}; sid=7` };
      const { by, setCookie } = await ask(sent);
      expect(setCookie).toBe("");
      for (let count = 0; count < 5; count += 1) {
        expect((await ask({ ...sent, cookie: `sid=7; n=${count}` })).by).toBe(by);
      }
      seen.add(by);
    }
    expect([...seen].sort()).toEqual(NAMES);
  });

  test("is spread by chance without the headers, or without all that are required", async () => {
    const required = { ...attributes, require_all_headers: true };
    const { ask } = opened({ affinity: "header", attributes: required });
    const seen = new Set<string>();
    for (let count = 0; count < 20; count += 1) seen.add((await ask({ "x-user": "1" })).by);
    expect(seen.size).toBe(3);
  });

  test("moves to the next and back when its endpoint fails and returns", async () => {
    const { ask, failing } = opened({ affinity: "header", attributes });
    const sent = { "x-user": "7" };
    const { by } = await ask(sent);
    failing.add(by);
    const others = new Set<string>();
    for (let count = 0; count < 6; count += 1) others.add((await ask(sent)).by);
    expect([others.size, others.has(by)]).toEqual([1, false]);
    failing.clear();
    await vi.advanceTimersByTimeAsync(120_000);
    // The first ones test it while its share grows; then it has all of its own again.
    for (let count = 0; count < 20; count += 1) await ask();
    await vi.advanceTimersByTimeAsync(30_000);
    expect((await ask(sent)).by).toBe(by);
  });
});

describe("an endpoint that is disabled", () => {
  /** The second version, of the time at which the edge was opened, disables the endpoint of the visitor's session. */
  async function disabling(attributes: object) {
    const { edge, ask, first } = opened({ attributes });
    const { by, cookie } = await ask();
    const origins = NAMES.map((name) => origin(name, { enabled: name !== by }));
    const second = compileDocument(2, documentOf({ attributes, origins }), first.table);
    edge.region = second;
    edge.write(second);
    await vi.advanceTimersByTimeAsync(2_000);
    // The beat of this one brings the version, which is there for the next.
    await ask({ cookie });
    await vi.advanceTimersByTimeAsync(100);
    return { ask, by, cookie };
  }

  test("keeps its sessions while it drains, and gets no new one", async () => {
    const { ask, by, cookie } = await disabling({ drain_duration: 600 });
    for (let count = 0; count < 10; count += 1) {
      expect(await ask({ cookie })).toMatchObject({ by, setCookie: "" });
      expect((await ask()).by).not.toBe(by);
    }
    vi.setSystemTime(NOW_MS + 599_000);
    expect(await ask({ cookie })).toMatchObject({ by, setCookie: "" });
    vi.setSystemTime(NOW_MS + 600_000);
    const moved = await ask({ cookie });
    expect([moved.by === by, moved.cookie === ""]).toEqual([false, false]);
  });

  test("loses them at once when nothing is said of draining", async () => {
    const { ask, by, cookie } = await disabling({});
    const moved = await ask({ cookie });
    expect([moved.by === by, moved.cookie === ""]).toEqual([false, false]);
  });
});

test("a rule of the load balancer may take the affinity away and give another path its own", async () => {
  const rules = [
    { condition: 'http.request.uri.path eq "/free"', overrides: { session_affinity: "none" } },
    { condition: 'http.request.uri.path eq "/b"', overrides: { pools: ["b"] } },
  ];
  const { ask } = opened({ more: { rules } });
  const { by, cookie } = await ask();
  expect((await ask({ cookie }, "/free")).setCookie).toBe("");
  const other = await ask({ cookie }, "/b");
  expect([other.by, other.cookie.split("=")[0] === cookie.split("=")[0]]).toEqual(["b1", false]);
  expect(await ask({ cookie: `${cookie}; ${other.cookie}` })).toMatchObject({ by, setCookie: "" });
});
