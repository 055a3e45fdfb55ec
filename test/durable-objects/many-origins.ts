/** Hundreds of real servers, each on a port of its own; some accept and never answer. `GET /` of the control port tells what they saw. */
import http from "node:http";
import type { AddressInfo } from "node:net";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    manyControl: number;
    manyLiving: readonly number[];
    manyHoles: readonly number[];
  }
}

/** Requests so far by port, and how many connections were open at most, answered ones not counted. */
export interface ManySeen {
  readonly requests: Readonly<Record<number, number>>;
  readonly openMax: number;
}

const LIVING = 333;
const HOLES = 167;

const requests = new Map<number, number>();
let [open, openMax] = [0, 0];

function seen(request: http.IncomingMessage, response: http.ServerResponse, isHole: boolean) {
  const port = request.socket.localPort ?? 0;
  requests.set(port, (requests.get(port) ?? 0) + 1);
  open += 1;
  openMax = Math.max(openMax, open);
  response.on("close", () => {
    open -= 1;
  });
  if (!isHole) response.end("ok");
}

async function listening(server: http.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
}

const serversOf = (count: number, isHole: boolean) =>
  Array.from({ length: count }, () =>
    http.createServer((request, response) => seen(request, response, isHole)),
  );

export default async function setup(project: TestProject) {
  const [living, holes] = [serversOf(LIVING, false), serversOf(HOLES, true)];
  const control = http.createServer((_request, response) => {
    const told: ManySeen = { requests: Object.fromEntries(requests), openMax };
    response.end(JSON.stringify(told));
  });
  project.provide("manyControl", await listening(control));
  project.provide("manyLiving", await Promise.all(living.map(listening)));
  project.provide("manyHoles", await Promise.all(holes.map(listening)));
  return async () => {
    for (const server of [control, ...living, ...holes]) {
      server.closeAllConnections();
      server.close();
    }
  };
}
