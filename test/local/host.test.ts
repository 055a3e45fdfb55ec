import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Miniflare } from "miniflare";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { ask } from "../../local/ask.ts";
import { bundle } from "../../local/build.ts";
import { COLO_NAMES } from "../../local/colos.ts";
import type { Command } from "../../local/faults.ts";
import { readRttData } from "../../local/rtt/data.ts";
import type { RttRow } from "../../local/rtt/places.ts";
import { planetWorkers } from "../../local/topology.ts";

const STATE = `
import { DurableObject, WorkerEntrypoint } from "cloudflare:workers";
export class RegionState extends DurableObject { exchange(report) { return { heard: report, by: this.ctx.id.name }; } }
export class ConfigStore extends DurableObject { current() { return { document: JSON.parse(this.env.DOCUMENT) }; } }
export class Directory extends DurableObject {}
export class Gate extends WorkerEntrypoint {}
export default {};`;

/** Stands in for central: it hands what it is asked to the network's control. */
const CENTRAL = `
import { DurableObject } from "cloudflare:workers";
export class OperatorDesk extends DurableObject {}
export default {
  async fetch(request, env) {
    const { call, args } = await request.json();
    return Response.json((await env.NETWORK[call](...args)) ?? null);
  },
};`;

let requests: IncomingMessage[] = [];
const handle = (request: IncomingMessage, response: ServerResponse) => {
  requests.push(request);
  if (request.url === "/hang") return;
  if (request.url === "/endless") {
    const flow = setInterval(() => response.write("more"), 10);
    response.on("close", () => clearInterval(flow));
    return;
  }
  let size = 0;
  request.on("data", (chunk: Buffer) => {
    size += chunk.length;
  });
  request.on("end", () => response.end(`${size} ${request.headers.host}`));
};
const origin = createServer(handle);
const sockets = new WebSocketServer({ server: origin });
sockets.on("connection", (socket) =>
  socket.on("message", (data) => socket.send(`echo ${data.toString()}`)),
);

let runtime: Miniflare;
let edge = "";
let central = "";
let target = "";

const visit = async (path: string, headers: Record<string, string> = {}) => {
  const answer = await ask(edge + path, { headers: { host: "a.test", ...headers } });
  return answer.text;
};
const seen = async (headers: Record<string, string> = {}) => JSON.parse(await visit("/", headers));
const control = async (call: string, ...args: unknown[]) =>
  JSON.parse((await ask(central, { method: "POST", body: JSON.stringify({ call, args }) })).text);
const fault = (command: Command) => control("apply", command, 0);

beforeAll(async () => {
  await new Promise<void>((resolve) => origin.listen(0, "127.0.0.1", resolve));
  const { port } = origin.address() as AddressInfo;
  target = `http://127.0.0.1:${port}`;
  const document = {
    pools: {
      virginia: {
        origins: [
          {
            name: "a",
            address: "127.0.0.1",
            port,
            locality: { cloud: "aws", region: "us-east-1" },
          },
        ],
      },
    },
  };
  const [host, standIn] = await Promise.all([
    bundle("local/workers/host.ts"),
    bundle("test/local/stand-in-edge.ts"),
  ]);
  const workers = planetWorkers({
    bundles: { host, edge: standIn, state: STATE, central: CENTRAL },
    rtt: { data: readRttData(), on: true },
    variables: {},
    token: "token",
    edgePort: 0,
    centralPort: 0,
    origins: () => Promise.reject(new Error("no origins here")),
  });
  const state = workers.find(({ config }) => "name" in config && config.name === "state");
  if (state && "env" in state.config) {
    Object.assign(state.config.env ?? {}, {
      DOCUMENT: { type: "text", value: JSON.stringify(document) },
    });
  }
  runtime = new Miniflare({
    workers,
    cf: false,
    enableDevRegistry: false,
    telemetry: { enabled: false },
  });
  await runtime.ready;
  edge = (await runtime.unsafeGetDirectURL("host")).origin;
  central = (await runtime.unsafeGetDirectURL("central")).origin;
});

afterAll(async () => {
  await runtime?.dispose();
  sockets.close();
  origin.closeAllConnections();
  origin.close();
});

describe("a visitor", () => {
  test("enters in Frankfurt when it says nothing", async () => {
    const { cf } = await seen();
    expect(cf).toMatchObject({ colo: "FRA", country: "DE", latitude: "50.0264" });
  });

  test.each(COLO_NAMES)("enters at %s when it says so", async (colo) => {
    expect((await seen({ "tw-colo": colo })).cf.colo).toBe(colo);
  });

  test("is who it plays", async () => {
    const client = "ip=203.0.113.9;country=JP;asn=2497;lat=35.6;lon=139.7;proto=https";
    const { cf, headers, url } = await seen({ "tw-client": client });
    expect(cf).toMatchObject({ country: "JP", asn: 2497, latitude: "35.6", longitude: "139.7" });
    expect(headers).toContainEqual(["cf-connecting-ip", "203.0.113.9"]);
    expect(url).toBe("https://a.test/");
  });

  test.each([
    ["tw-colo", "XXX", "FRA, LHR"],
    ["tw-colo", "constructor", "FRA, LHR"],
    ["tw-client", "ipp=1", "ip=…"],
    ["tw-client", "proto=ftp", "http or https"],
    ["tw-client", "lat=91", "up to 90"],
  ])("with %s: %s is refused, told what would be right", async (name, value, told) => {
    const answer = await ask(edge, { headers: { host: "a.test", [name]: value } });
    expect(answer.status).toBe(400);
    expect(answer.headers["content-type"]).toBe("application/problem+json");
    expect(JSON.parse(answer.text).detail).toContain(told);
  });

  test.each(["a example", "a.test, b.test"])("with the Host %j is refused", async (host) => {
    expect((await ask(edge, { headers: { host } })).status).toBe(400);
  });

  test("is not seen playing: the two headers stay outside", async () => {
    const { headers } = await seen({ "tw-colo": "NRT", "tw-client": "asn=1" });
    expect(headers.map(([name]: [string]) => name).filter((n: string) => /^tw-/.test(n))).toEqual(
      [],
    );
  });

  test("reaches the edge with every other header as it came", async () => {
    const sent = {
      "x-forwarded-for": "1.2.3.4",
      "cf-ray": "x",
      connection: "close, x-a",
      "x-a": "1",
    };
    const { headers } = await seen(sent);
    for (const pair of Object.entries(sent)) expect(headers).toContainEqual(pair);
  });
});

describe("an isolate", () => {
  test("is one per colo and stays", async () => {
    const first = await seen({ "tw-colo": "LHR" });
    expect((await seen({ "tw-colo": "LHR" })).isolate).toBe(first.isolate);
    expect((await seen({ "tw-colo": "CDG" })).isolate).not.toBe(first.isolate);
  });

  test("is a new one with an empty colo cache after a recycle, and only in that colo", async () => {
    const colos = ["LHR", "CDG"];
    const before = await Promise.all(colos.map((colo) => seen({ "tw-colo": colo })));
    for (const colo of colos) await visit("/cache", { "tw-colo": colo });
    await fault({ do: "inject", fault: { target: "isolate LHR", mode: "recycle" } });
    const after = await Promise.all(colos.map((colo) => seen({ "tw-colo": colo })));
    expect(after[0].isolate).not.toBe(before[0].isolate);
    expect(after[1].isolate).toBe(before[1].isolate);
    expect(await visit("/cache", { "tw-colo": "LHR" })).toBe("null");
    expect(await visit("/cache", { "tw-colo": "CDG" })).toBe("kept");
  });

  test("finishes what it has in flight when it is recycled", async () => {
    const slow = visit("/pass", { "tw-colo": "SYD", "x-target": `${target}/slow` });
    await fault({ do: "inject", fault: { target: "isolate all", mode: "recycle" } });
    expect(await slow).toContain("127.0.0.1");
  });

  test("reaches its region's object", async () => {
    expect(JSON.parse(await visit("/exchange"))).toEqual({
      heard: { n: 1 },
      by: "v1:region:weur:cell:0",
    });
  });
});

describe("a store under a fault", () => {
  test.each(["kv", "colo-cache"])(
    "%s: empty forgets, error throws, heal brings it back",
    async (target) => {
      const path = target === "kv" ? "/kv" : "/cache";
      const headers = { "tw-colo": "WAW" };
      await visit(path, headers);
      expect(await visit(path, headers)).toBe("kept");
      await fault({ do: "inject", fault: { target, mode: "empty" } });
      expect(await visit(path, headers)).toBe("null");
      await fault({ do: "inject", fault: { target, mode: "error" } });
      expect(await visit(path, headers)).toContain("rror");
      expect((await control("faults")).map(({ mode }: { mode: string }) => mode)).toEqual([
        "error",
      ]);
      await fault({ do: "heal", target });
      expect(await visit(path, headers)).toBe("kept");
      expect(await control("faults")).toEqual([]);
    },
  );

  test("hang answers after the healing", async () => {
    await fault({ do: "inject", fault: { target: "kv", mode: "hang" } });
    const asked = visit("/kv");
    const first = await Promise.race([
      asked,
      new Promise((resolve) => setTimeout(resolve, 200, "hangs")),
    ]);
    expect(first).toBe("hangs");
    await fault({ do: "heal", target: null });
    expect(await asked).toBe("kept");
  });
});

describe("the way to an endpoint", () => {
  const timed = async (colo: string) => {
    const startMs = performance.now();
    const text = await visit("/pass", { "tw-colo": colo, "x-target": `${target}/` });
    return { text, ms: performance.now() - startMs };
  };

  test("takes the round trip of the table, and nothing before the table is known", async () => {
    expect((await timed("SYD")).ms).toBeLessThan(150);
    await control("readConfig");
    const rows: RttRow[] = await control("rtt");
    const row = rows.find(({ colo }) => colo === "SYD");
    expect(row).toMatchObject({ endpoint: "virginia/a", locality: "aws/us-east-1" });
    const { ms, text } = await timed("SYD");
    expect(text).toBe(`0 ${target.slice("http://".length)}`);
    expect(ms).toBeGreaterThanOrEqual((row?.ms ?? 0) - 1);
  });

  test("lets a body of 2 MB through whole", async () => {
    const answer = await ask(`${edge}/pass`, {
      method: "POST",
      headers: { host: "a.test", "x-target": `${target}/up` },
      body: new Uint8Array(2_000_000),
    });
    expect(answer.text).toContain("2000000 ");
  });

  test("lets a WebSocket through", async () => {
    const socket = new WebSocket(`${edge.replace("http", "ws")}/pass`, {
      headers: { "x-target": `${target}/`, host: "a.test" },
    });
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    socket.send("hello");
    const heard = await new Promise((resolve) => socket.once("message", (d) => resolve(String(d))));
    expect(heard).toBe("echo hello");
    socket.close();
  });

  test("tells the origin when the visitor leaves in the middle of a body", async () => {
    requests = [];
    const headers = { host: "a.test", "x-target": `${target}/endless` };
    await ask(`${edge}/pass`, { headers, timeoutMs: 1_000 }).catch(() => "left");
    expect(requests.map(({ url }) => url)).toEqual(["/endless"]);
    await expect.poll(() => requests[0]?.socket.destroyed, { timeout: 5_000 }).toBe(true);
  });

  test("tells the origin when the visitor's connection is reset before the headers", async () => {
    requests = [];
    const headers = { host: "a.test", "x-target": `${target}/hang` };
    const visitor = request(`${edge}/pass`, { headers }).on("error", () => {});
    visitor.end();
    await expect.poll(() => requests.length, { timeout: 5_000 }).toBe(1);
    visitor.socket?.resetAndDestroy();
    await expect.poll(() => requests[0]?.socket.destroyed, { timeout: 5_000 }).toBe(true);
  });
});
