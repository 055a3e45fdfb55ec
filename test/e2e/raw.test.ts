import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { productionEdge } from "../bench/ours.ts";
import type { Subject } from "../bench/subjects.ts";
import { RawOrigin, type RawRequest } from "../origins/raw.ts";
import { startPlanet } from "./planet.ts";
import { HOST, RAW_CASES, type RawCase } from "./raw-cases.ts";
import { exchangeRaw, statusesOf } from "./raw-client.ts";

/** Behind every raw request on the same connection: what a smuggled request would displace. */
const CANARY = `GET /canary HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n\r\n`;

let origin: RawOrigin;
let alone: Subject;
let planet: SpawnedPlanet;

beforeAll(async () => {
  origin = await new RawOrigin().start();
  const document = {
    pools: { raw: { origins: [{ name: "raw", address: "http://127.0.0.1", port: origin.port }] } },
    load_balancers: { [HOST]: { default_pools: ["raw"], fallback_pool: "raw" } },
  };
  [alone, planet] = await Promise.all([
    productionEdge(document),
    startPlanet({ config: document }),
  ]);
});
afterAll(() => Promise.all([alone.stop(), planet.stop(), origin.stop()]));
beforeEach(() => {
  origin.requests.length = 0;
  origin.answer = () => "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
});

const edges = {
  "the production bundle in plain workerd": () => alone.port,
  "the planet": () => Number(new URL(planet.edge).port),
};

describe.each(Object.entries(edges))("%s", (_name, port) => {
  test.each(RAW_CASES.map((one) => [one.group, one.name, one] as const))(
    "%s: %s",
    async (_group, _case, one) => {
      const came = await exchangeRaw(port(), one.bytes + CANARY, 2);
      const [first, ...behind] = statusesOf(came);
      expect(first, came.slice(0, 300)).toBe(one.status);
      // Either the connection was closed, or the canary was answered as itself.
      expect(behind.length).toBeLessThanOrEqual(1);
      const lines = origin.requests.map(({ line }) => line);
      expect(lines).toEqual([
        ...(one.forwarded === undefined ? [] : [one.forwarded.line]),
        ...(behind.length === 0 ? [] : ["GET /canary HTTP/1.1"]),
      ]);
      if (one.forwarded !== undefined) checkForwarded(origin.requests[0], one.forwarded);
    },
  );

  test("requests at the origin are the requests sent, on a connection with many", async () => {
    const came = await exchangeRaw(port(), ok("/many").repeat(20) + CANARY, 21);
    expect(statusesOf(came)).toEqual(Array.from({ length: 21 }, () => 200));
    expect(origin.requests.length).toBe(21);
  });

  describe("what an origin answers", () => {
    test.each(ANSWERS)("$name", async ({ answer, status, never, body }) => {
      origin.answer = ({ line }: RawRequest) =>
        (line.includes("/canary") ? undefined : answer) ?? OK;
      const came = await exchangeRaw(port(), ok("/answer"));
      expect(statusesOf(came)).toEqual([status]);
      for (const pattern of never ?? []) expect(came).not.toMatch(pattern);
      if (body !== undefined) expect(came).toContain(body);
    });
  });

  test("an upload that breaks off reaches the origin as broken off, not as complete", async () => {
    const head = `POST /broken HTTP/1.1\r\nHost: ${HOST}\r\nContent-Length: 200000\r\n\r\n`;
    await exchangeRaw(port(), `${head}${"x".repeat(1_000)}`, 0).catch(() => "");
    await exchangeRaw(port(), ok("/after"));
    // The raw origin lists a request when its body is whole.
    expect(origin.requests.map(({ line }) => line)).toEqual(["GET /after HTTP/1.1"]);
  });
});

const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const ok = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: ${HOST}\r\n\r\n`;
const answered = (...lines: string[]): string =>
  [...lines, "Content-Length: 2", "", "ok"].join("\r\n");

const ANSWERS: readonly {
  name: string;
  answer: string;
  status: number;
  never?: readonly RegExp[];
  body?: string;
}[] = [
  {
    name: "Connection-listed headers stay inside",
    answer: answered("HTTP/1.1 200 OK", "Connection: X-Int", "X-Int: secret"),
    status: 200,
    never: [/x-int/i, /secret/],
  },
  {
    name: "Proxy-Authenticate stays inside",
    answer: answered("HTTP/1.1 200 OK", "Proxy-Authenticate: Basic realm=x"),
    status: 200,
    never: [/proxy-authenticate/i],
  },
  {
    name: "a 101 that nobody asked for is a failure",
    answer: "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    status: 502,
  },
  { name: "status 999 is a failure", answer: answered("HTTP/1.1 999 Odd"), status: 502 },
  {
    name: "two Content-Lengths are a failure",
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc",
    status: 502,
  },
  {
    name: "NUL in a header is a failure",
    answer: answered("HTTP/1.1 200 OK", "X-A: a\0b"),
    status: 502,
  },
  { name: "garbage is a failure", answer: "SSH-2.0-OpenSSH_9.2\r\n\r\n", status: 502 },
  {
    name: "a redirect goes on as it came, whatever it names",
    answer: answered("HTTP/1.1 302 Found", "Location: javascript:alert(1)"),
    status: 302,
    body: "javascript:alert(1)",
  },
];

function checkForwarded(seen: RawRequest | undefined, expected: NonNullable<RawCase["forwarded"]>) {
  const head = seen?.head ?? "";
  for (const pattern of expected.has ?? []) expect(head).toMatch(pattern);
  for (const pattern of expected.never ?? []) expect(head).not.toMatch(pattern);
  if (expected.body !== undefined) expect(seen?.body).toContain(expected.body);
}
