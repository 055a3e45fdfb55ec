/** Real servers for the probes to visit: HTTP whose behaviour each test sets by a path of its own, and a TCP port. */
import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";

/** What `PUT /_/<name>` sets for everything under `/<name>/`. */
export interface Behaviour {
  readonly status?: number;
  readonly body?: string;
  readonly location?: string;
  readonly delayMs?: number;
  /** Never answers. */
  readonly hang?: boolean;
  /** Closes the connection without an answer. */
  readonly reset?: boolean;
}

/** What `GET /_/<name>` tells. */
export interface Seen {
  readonly requests: number;
  readonly inFlight: number;
  readonly inFlightMax: number;
  readonly last: { readonly url: string; readonly method: string; readonly headers: object } | null;
}

declare module "vitest" {
  interface ProvidedContext {
    httpPort: number;
    tcpPort: number;
    closedPort: number;
  }
}

interface Site {
  behaviour: Behaviour;
  seen: { -readonly [K in keyof Seen]: Seen[K] };
}

const sites = new Map<string, Site>();

function siteOf(name: string): Site {
  const known = sites.get(name);
  if (known !== undefined) return known;
  const site: Site = {
    behaviour: {},
    seen: { requests: 0, inFlight: 0, inFlightMax: 0, last: null },
  };
  sites.set(name, site);
  return site;
}

async function control(request: http.IncomingMessage, response: http.ServerResponse, name: string) {
  const site = siteOf(name);
  if (request.method === "PUT") {
    let text = "";
    for await (const chunk of request) text += chunk;
    site.behaviour = JSON.parse(text);
  }
  response.end(JSON.stringify(site.seen));
}

function answer(request: http.IncomingMessage, response: http.ServerResponse, name: string) {
  const { behaviour, seen } = siteOf(name);
  seen.requests += 1;
  seen.inFlight += 1;
  seen.inFlightMax = Math.max(seen.inFlightMax, seen.inFlight);
  response.on("close", () => {
    seen.inFlight -= 1;
  });
  const { url = "", method = "", headers } = request;
  seen.last = { url, method, headers };
  if (behaviour.hang) return;
  if (behaviour.reset) {
    request.socket.destroy();
    return;
  }
  setTimeout(() => {
    const location = behaviour.location === undefined ? {} : { location: behaviour.location };
    response.writeHead(behaviour.status ?? 200, location);
    response.end(behaviour.body ?? "ok");
  }, behaviour.delayMs ?? 0);
}

const listen = (server: net.Server) =>
  new Promise<number>((resolve) =>
    server.listen(0, "127.0.0.1", () => resolve((server.address() as AddressInfo).port)),
  );

export default async function setup(project: TestProject) {
  const web = http.createServer((request, response) => {
    const [, first = "", second = ""] = (request.url ?? "").split(/[/?]/);
    if (first === "_") void control(request, response, second);
    else answer(request, response, first);
  });
  const tcp = net.createServer((socket) => socket.on("error", () => {}).end());
  const closed = net.createServer();
  project.provide("httpPort", await listen(web));
  project.provide("tcpPort", await listen(tcp));
  project.provide("closedPort", await listen(closed));
  await new Promise((resolve) => closed.close(resolve));
  return async () => {
    web.closeAllConnections();
    await Promise.all([web, tcp].map((server) => new Promise((done) => server.close(done))));
  };
}
