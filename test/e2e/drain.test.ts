/** Open WebSockets and event streams on the running planet, with its distances: drained, and passed on untouched. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import WebSocket from "ws";
import type { SpawnedPlanet } from "../../local/spawn.ts";
import { bytesOf, sha256 } from "../origins/bytes.ts";
import { OriginProcess } from "../origins/process.ts";
import { startPlanet } from "./planet.ts";

const HELD = "held.example";
const PASSED = "passed.example";
/** Its first pool is `one` alone. */
const ORDERED = "ordered.example";
const DRAIN_SECONDS = 2;
/** Of two endpoints each gets its part within so many, but for once in 10^9. */
const TRIES = 40;
const SOON = { timeout: 30_000, interval: 100 };
const RESTART = [1012, "the service moves, please reconnect"];

const one = new OriginProcess({ name: "one", pool: "web" });
const two = new OriginProcess({ name: "two", pool: "web" });
let planet: SpawnedPlanet;

/** `off`: the endpoint that the operator has disabled. */
function documentOf(off: string | null) {
  const origins = [one, two].map(({ port, options: { name } }) => ({
    ...{ name, address: "127.0.0.1", port, enabled: name !== off },
    locality: { cloud: "aws", region: "eu-central-1" },
  }));
  const origin_steering = { policy: "random" };
  const always = origins.map((origin) => ({ ...origin, enabled: true }));
  const to = (...pools: string[]) => ({ default_pools: pools, fallback_pool: pools.at(-1) });
  return {
    pools: {
      held: { origin_steering, origins, stream_drain_seconds: DRAIN_SECONDS },
      passed: { origin_steering, origins },
      first: { origins: always.slice(0, 1) },
      second: { origins: always.slice(1) },
    },
    load_balancers: {
      [HELD]: to("held"),
      [PASSED]: to("passed"),
      [ORDERED]: { ...to("first", "second"), steering_policy: "off" },
    },
    http_routes: [
      {
        apiVersion: "gateway.networking.k8s.io/v1",
        kind: "HTTPRoute",
        metadata: { name: "impatient" },
        spec: {
          hostnames: ["impatient.example"],
          rules: [
            {
              timeouts: { request: "20s", backendRequest: "500ms" },
              backendRefs: [{ group: "tradewind.dev", kind: "LoadBalancer", name: ORDERED }],
            },
          ],
        },
      },
    ],
  };
}

async function apply(off: string | null): Promise<void> {
  const put = await planet.api("/v1/config", {
    method: "PUT",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(documentOf(off)),
  });
  expect(put.status < 300 ? "" : put.text).toBe("");
}

/** Every new stream of this colo is with an endpoint that is enabled. */
async function settled(colo: string, off: string | null): Promise<void> {
  const isAt = async () => {
    const seen = new Set<unknown>();
    for (let count = 0; count < 20; count += 1) {
      seen.add((await planet.get(HELD, "/", { colo })).headers["x-origin"]);
    }
    return off === null ? seen.size === 2 : !seen.has(off);
  };
  await expect.poll(isAt, SOON).toBe(true);
}

beforeAll(async () => {
  await Promise.all([one.start(), two.start()]);
  planet = await startPlanet({ config: documentOf(null), rtt: true });
});
afterAll(async () => {
  await planet?.stop();
  await Promise.all([one.kill(), two.kill()]);
});

interface Open {
  readonly socket: WebSocket;
  readonly by: string;
  readonly closed: Promise<readonly [number, string]>;
}

async function open(host: string, { colo = "FRA", path = "/ws", protocols = [] as string[] } = {}) {
  const url = `${planet.edge.replace("http", "ws")}${path}`;
  const socket = new WebSocket(url, protocols, { headers: { host, "tw-colo": colo } });
  const [[answer]] = await Promise.all([once(socket, "upgrade"), once(socket, "open")]);
  const closed = once(socket, "close").then(([code, reason]) => [code, String(reason)] as const);
  const by = String((answer as IncomingMessage).headers["x-origin"]);
  return { socket, by, closed } satisfies Open;
}

/** At least two with each endpoint. */
async function openAtBoth(host: string, colo: string): Promise<readonly Open[]> {
  const opened: Open[] = [];
  const has = (name: string) => opened.filter(({ by }) => by === name).length >= 2;
  while (!has("one") || !has("two")) {
    expect(opened.length).toBeLessThan(TRIES);
    opened.push(await open(host, { colo }));
  }
  return opened;
}

async function echo({ socket }: Open, text: string): Promise<void> {
  const heard = once(socket, "message");
  socket.send(text);
  expect(String((await heard)[0])).toBe(text);
}

async function closesOf({ url }: OriginProcess): Promise<readonly number[]> {
  const { closes } = (await (await fetch(`${url}/count`)).json()) as { closes: number[] };
  return closes;
}

interface Events {
  readonly id: string;
  readonly by: string;
  readonly text: () => string;
  /** `end`, or `broken` when it stopped without one. */
  readonly over: Promise<"end" | "broken">;
}

let asks = 0;

async function events(host: string, colo: string): Promise<Events> {
  asks += 1;
  const id = `events-${asks}`;
  const headers = { host, "tw-colo": colo, accept: "text/event-stream" };
  const asked = request(`${planet.edge}/sse?id=${id}`, { headers, agent: false });
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  let text = "";
  answer.on("data", (chunk) => {
    text += chunk;
  });
  const over = new Promise<"end" | "broken">((resolve) => {
    answer.on("end", () => resolve("end"));
    answer.on("error", () => resolve("broken"));
  });
  await once(answer, "data");
  return { id, by: String(answer.headers["x-origin"]), text: () => text, over };
}

async function eventsAtBoth(host: string, colo: string): Promise<Record<string, Events>> {
  const found: Record<string, Events> = {};
  for (let tried = 0; found["one"] === undefined || found["two"] === undefined; tried += 1) {
    expect(tried).toBeLessThan(TRIES);
    const opened = await events(host, colo);
    found[opened.by] ??= opened;
  }
  return found;
}

const release = ({ url }: OriginProcess, id = "") => fetch(`${url}/release?id=${id}`);

describe("when an operator disables an endpoint", () => {
  // Nobody else visits this colo, so what its isolate learns it learns by its open streams alone.
  const QUIET = "NRT";

  test("its streams are ended, those of the other go on, and who reconnects goes there", async () => {
    const sockets = await openAtBoth(HELD, QUIET);
    const untouched = await openAtBoth(PASSED, QUIET);
    const streams = await eventsAtBoth(HELD, QUIET);
    const untouchedStreams = await eventsAtBoth(PASSED, QUIET);
    await apply("one");
    const [moved, others] = [true, false].map((is) =>
      sockets.filter(({ by }) => (by === "one") === is),
    );
    for (const { closed } of moved ?? []) expect(await closed).toEqual(RESTART);
    expect(await streams["one"]?.over).toBe("end");
    expect(streams["one"]?.text()).toBe("data: first\n\n");
    await expect.poll(() => closesOf(one), SOON).toContain(1012);
    for (const other of [...(others ?? []), ...untouched]) await echo(other, "still here");
    for (const [origin, stream] of [
      [two, streams["two"]],
      [two, untouchedStreams["two"]],
      [one, untouchedStreams["one"]],
    ] as const) {
      await release(origin, stream?.id);
      expect(await stream?.over).toBe("end");
      expect(stream?.text()).toBe("data: first\n\ndata: second\n\n");
    }
    for (const _again of moved ?? []) {
      const back = await open(HELD, { colo: QUIET });
      expect(back.by).toBe("two");
      back.socket.terminate();
    }
    for (const { socket } of [...sockets, ...untouched]) socket.terminate();
    await apply(null);
  });

  test("also those of an isolate that has been replaced meanwhile", async () => {
    await settled("FRA", null);
    const sockets = await openAtBoth(HELD, "FRA");
    await planet.fault("isolate", "FRA", "recycle");
    await apply("two");
    for (const { by, closed } of sockets) if (by === "two") expect(await closed).toEqual(RESTART);
    for (const other of sockets) if (other.by === "one") await echo(other, "still here");
    for (const { socket } of sockets) socket.terminate();
    await apply(null);
    await settled("FRA", null);
  });
});

describe("an upgrade that is refused before the first byte goes to the next endpoint in the same request", () => {
  // Each from a colo of its own, whose isolate has no failure to remember.
  test.each([
    ["502", "LHR", ORDERED],
    ["503", "IAD", ORDERED],
    ["reset", "SIN", ORDERED],
    ["hang", "GRU", "impatient.example"],
  ])("with %s", async (how, colo, host) => {
    const usual = await open(host, { colo });
    const failedOver = await open(host, { colo, path: `/ws?${how}=one` });
    expect([usual.by, failedOver.by]).toEqual(["one", "two"]);
    for (const { socket } of [usual, failedOver]) socket.terminate();
  });

  test("with a port that is closed; what was opened before is over, and is not opened elsewhere", async () => {
    const colo = "FRA";
    const before = await open(ORDERED, { colo });
    expect(before.by).toBe("one");
    await one.kill();
    expect(await before.closed).toEqual([1006, ""]);
    const { by, socket } = await open(ORDERED, { colo });
    expect(by).toBe("two");
    socket.terminate();
    await one.start();
  });

  test("and an event stream that has begun breaks off where its endpoint did, drained or not", async () => {
    for (const host of [HELD, PASSED]) {
      const { one: stream } = await eventsAtBoth(host, "LHR");
      await one.kill();
      expect(await stream?.over).toBe("broken");
      await one.start();
    }
  });
});

describe.each([HELD, PASSED])("a WebSocket of %s", (host) => {
  const at = { protocols: ["chat.v2", "chat.v1"] };

  test("has its protocol, and text and bytes of every size in their order", async () => {
    const { socket } = await open(host, at);
    expect(socket.protocol).toBe("chat.v2");
    const sent = [0, 1, 125, 126, 70_000, 2_000_000].flatMap((size) => [
      bytesOf(size, size),
      "ä".repeat(size / 2),
    ]);
    const heard: (readonly [string, boolean])[] = [];
    socket.on("message", (data, binary) => heard.push([sha256(data as Buffer), binary]));
    for (const data of sent) socket.send(data);
    const expected = sent.map((data) => [sha256(Buffer.from(data)), typeof data !== "string"]);
    await expect.poll(() => heard.length, SOON).toBe(sent.length);
    expect(heard).toEqual(expected);
    socket.terminate();
  });

  test.each([1000, 1001, 1003, 1008, 1011, 1012, 3000, 4999])("closes with %i", async (code) => {
    const theirs = await open(host);
    theirs.socket.send(`close:${code}:why`);
    expect(await theirs.closed).toEqual([code, "why"]);
    const ours = await open(host);
    const origin = ours.by === "one" ? one : two;
    const before = (await closesOf(origin)).length;
    ours.socket.close(code, "why");
    expect(await ours.closed).toEqual([code, "why"]);
    await expect.poll(async () => (await closesOf(origin)).slice(before)).toContain(code);
  });

  test("closes without a code", async () => {
    const theirs = await open(host);
    theirs.socket.send("close");
    expect(await theirs.closed).toEqual([1005, ""]);
    const ours = await open(host);
    const origin = ours.by === "one" ? one : two;
    const before = (await closesOf(origin)).length;
    ours.socket.close();
    await expect.poll(async () => (await closesOf(origin)).slice(before)).toContain(1005);
  });

  // A close frame cannot say that there was none, and the platform has no other word for a WebSocket that it holds.
  const lost = host === HELD ? 1014 : 1006;
  test(`is lost with ${lost} when the other side goes without a close`, async () => {
    const theirs = await open(host);
    theirs.socket.send("drop");
    expect(await theirs.closed).toEqual([lost, ""]);
    const ours = await open(host);
    const origin = ours.by === "one" ? one : two;
    const before = (await closesOf(origin)).length;
    ours.socket.terminate();
    await expect.poll(async () => (await closesOf(origin)).slice(before)).toContain(lost);
  });
});
