/** A load balancer's conditional rules on the running planet: what they see, and what they make of it. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Visit } from "../../local/spawn.ts";
import { type Stage, Theatre } from "../conformance/stage.ts";

let theatre: Theatre;
let stage: Stage;

interface Row {
  readonly condition: string;
  /** A request that meets it, and one that differs in what it asks about. */
  readonly yes: Request;
  readonly no: Request;
}
interface Request extends Visit {
  readonly target?: string;
}

const client = (text: string): Request => ({ headers: { "tw-client": text } });
const headers = (sent: Record<string, string>): Request => ({ headers: sent });
const at = (target: string): Request => ({ target });

const ROWS: readonly Row[] = [
  { condition: 'http.host eq "HOST"', yes: {}, no: headers({ host: "other.example" }) },
  { condition: 'http.request.method eq "PUT"', yes: { method: "PUT" }, no: { method: "POST" } },
  { condition: 'http.request.uri eq "/a?b=1"', yes: at("/a?b=1"), no: at("/a?b=2") },
  { condition: 'starts_with(http.request.uri.path, "/api/")', yes: at("/api/x"), no: at("/ap") },
  { condition: 'http.request.uri.path eq "/admin"', yes: at("/x/%2e%2e/admin"), no: at("/x") },
  { condition: 'http.request.uri.query contains "beta"', yes: at("/?x=beta"), no: at("/beta") },
  { condition: 'http.request.full_uri wildcard "http://*/full"', yes: at("/full"), no: at("/f") },
  {
    condition: 'any(http.request.headers["x-a"][*] eq "1")',
    yes: headers({ "X-A": "1" }),
    no: headers({ "X-A": "2" }),
  },
  {
    condition: 'any(http.request.headers.names[*] eq "x-b")',
    yes: headers({ "X-B": "" }),
    no: headers({ "X-C": "" }),
  },
  {
    condition: 'any(http.request.headers.values[*] eq "seven")',
    yes: headers({ "X-Any": "seven" }),
    no: headers({ "X-Any": "eight" }),
  },
  {
    condition: 'any(http.request.cookies["beta"][*] eq "on")',
    yes: headers({ cookie: "a=1; beta=on" }),
    no: headers({ cookie: "a=1; beta=off" }),
  },
  {
    condition: 'http.cookie contains "beta"',
    yes: headers({ cookie: "beta=1" }),
    no: headers({ cookie: "b=1" }),
  },
  {
    condition: 'lower(http.user_agent) matches "^curl/[0-9.]+$"',
    yes: headers({ "user-agent": "CURL/8.0" }),
    no: headers({ "user-agent": "CURL/eight" }),
  },
  {
    condition: 'ends_with(http.referer, ".example/")',
    yes: headers({ referer: "http://shop.example/" }),
    no: headers({ referer: "http://shop.test/" }),
  },
  {
    condition: "ip.src in {203.0.113.0/24 2001:db8::/32}",
    yes: client("ip=2001:db8::7"),
    no: client("ip=198.51.100.1"),
  },
  {
    condition: 'ip.src.country in {"DE" "FR"}',
    yes: client("country=FR"),
    no: client("country=ES"),
  },
  {
    condition: 'ip.src.continent eq "OC"',
    yes: client("country=AU;continent=OC"),
    no: client("country=AU;continent=AS"),
  },
  { condition: "ip.src.asnum ge 64500", yes: client("asn=64500"), no: client("asn=64499") },
  { condition: 'ip.src.lat eq "52.5"', yes: client("lat=52.5"), no: client("lat=52.6") },
  { condition: 'ip.src.lon eq "13.4"', yes: client("lon=13.4"), no: client("lon=13.5") },
  { condition: 'ip.geoip.country eq "JP"', yes: client("country=JP"), no: client("country=KR") },
  {
    condition: 'ip.geoip.continent eq "EU"',
    yes: client("continent=EU"),
    no: client("continent=NA"),
  },
  { condition: "ip.geoip.asnum eq 3320", yes: client("asn=3320"), no: client("asn=3321") },
  { condition: 'cf.colo.name eq "NRT"', yes: { colo: "NRT" }, no: { colo: "SYD" } },
  { condition: 'cf.colo.region eq "NEAS"', yes: { colo: "NRT" }, no: { colo: "SYD" } },
  { condition: "ssl", yes: client("proto=https"), no: client("proto=http") },
  { condition: "not ssl and (ssl or true)", yes: {}, no: client("proto=https") },
];
const hostOf = (row: number) => `field-${row}.example`;

const balancer = (rules: readonly object[], more: object = {}) => ({
  default_pools: ["v1"],
  fallback_pool: "v1",
  steering_policy: "off",
  rules,
  ...more,
});
const answers = (status_code: number, more: object = {}) => ({
  fixed_response: { status_code, ...more },
});
const onPath = (path: string, more: object) => ({
  condition: `http.request.uri.path eq "${path}"`,
  ...more,
});

const RULED = balancer([
  onPath("/pools", { overrides: { pools: ["v2"] } }),
  onPath("/default", { overrides: { default_pools: ["v3", "v1"] } }),
  onPath("/fallback", { overrides: { default_pools: ["empty"], fallback_pool: "v3" } }),
  onPath("/geo", {
    overrides: { steering_policy: "geo", region_pools: { WEU: ["v2"], NEAS: ["v3"] } },
  }),
  onPath("/weights", {
    overrides: {
      pools: ["v1", "v2", "v3"],
      steering_policy: "random",
      pool_weights: { v1: 0, v2: 1, v3: 0 },
    },
  }),
  onPath("/fixed", answers(418, { content_type: "text/plain", message_body: "no coffee" })),
  onPath("/204", answers(204)),
  onPath("/moved", answers(301, { location: "https://new.example/here" })),
  onPath("/disabled", { ...answers(410), disabled: true }),
  onPath("/first", { overrides: { pools: ["v2"] }, terminates: true }),
  onPath("/first", { overrides: { pools: ["v3"] } }),
  onPath("/both", { overrides: { pools: ["v2"] } }),
  onPath("/both", { overrides: { pools: ["v3"] } }),
]);
const BY_PRIORITY = balancer([
  { ...answers(402), priority: 20 },
  { ...answers(401), priority: 10, condition: 'http.request.uri.path eq "/ten"' },
  { ...answers(400), priority: 5, disabled: true },
]);

const RULED_HOST = "ruled.example";
const PRIORITY_HOST = "priority.example";

beforeAll(async () => {
  theatre = await Theatre.open();
  const fields = ROWS.map(({ condition }, row) => {
    const rule = { condition: condition.replace("HOST", hostOf(row)), ...answers(299) };
    return [hostOf(row), balancer([rule])] as const;
  });
  const dead = { name: "dead", address: "http://127.0.0.1", port: 9, enabled: false };
  const document = {
    pools: { ...theatre.pools(), empty: { origins: [dead] } },
    load_balancers: {
      ...Object.fromEntries(fields),
      [RULED_HOST]: RULED,
      [PRIORITY_HOST]: BY_PRIORITY,
      "other.example": balancer([]),
    },
  };
  stage = await theatre.apply(RULED_HOST, document, ["NRT", "SYD"]);
});
afterAll(() => theatre?.close());

describe("a condition sees", () => {
  test.each(ROWS.map((row, index) => ({ ...row, index })))("$condition", async (row) => {
    const ask = async ({ target = "/", ...visit }: Request) =>
      (await stage.get(hostOf(row.index), target, visit)).status;
    expect([await ask(row.yes), await ask(row.no)]).toEqual([299, 200]);
  });
});

describe("overrides", () => {
  const servedBy = async (path: string, visit: Visit = {}) => {
    const { status, headers } = await stage.get(RULED_HOST, path, visit);
    return status === 200 ? headers["x-pool"] : status;
  };

  test.each([
    ["/", "v1", "no rule is met: the load balancer as it is"],
    ["/pools", "v2", "one flat list"],
    ["/default", "v3", "default pools, the first one with `off`"],
    ["/fallback", "v3", "the fallback pool when no pool is available"],
    ["/weights", "v2", "a policy with weights"],
    ["/first", "v2", "a rule that terminates keeps later ones out"],
    ["/both", "v3", "of two rules that are met, the later one's field"],
    ["/disabled", "v1", "a disabled rule is none"],
  ])("%s → %s: %s", async (path, pool) => {
    for (let count = 0; count < 5; count += 1) expect(await servedBy(path)).toBe(pool);
  });

  test("a steering policy with pools by region sends each visitor to its own", async () => {
    expect(await servedBy("/geo", { headers: { "tw-client": "country=DE" } })).toBe("v2");
    expect(await servedBy("/geo", { headers: { "tw-client": "country=JP" } })).toBe("v3");
  });
});

describe("a fixed response", () => {
  test("has its status, its type and its text", async () => {
    const answer = await stage.get(RULED_HOST, "/fixed");
    expect([answer.status, answer.text]).toEqual([418, "no coffee"]);
    expect(answer.headers["content-type"]).toBe("text/plain");
    expect(answer.headers).toHaveProperty("x-request-id");
    expect(answer.headers).not.toHaveProperty("x-pool");
  });

  test("of 204 has no body", async () => {
    const answer = await stage.get(RULED_HOST, "/204");
    expect([answer.status, answer.body.length]).toEqual([204, 0]);
  });

  test("may send a browser elsewhere", async () => {
    const answer = await stage.get(RULED_HOST, "/moved");
    expect([answer.status, answer.headers.location]).toEqual([301, "https://new.example/here"]);
  });
});

test("rules are looked at by priority, and a disabled one not at all", async () => {
  expect((await stage.get(PRIORITY_HOST, "/ten")).status).toBe(401);
  expect((await stage.get(PRIORITY_HOST, "/any")).status).toBe(402);
});
