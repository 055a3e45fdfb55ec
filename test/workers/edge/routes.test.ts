/** Routes on the whole edge in Node: how they come to it, and what it counts. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { compileDocument, poolsAt, routeManifest, toPool } from "./harness/document.ts";
import { startNodeEdge } from "./harness/node-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pools = poolsAt({ p: 9001, q: 9002 });
const document = (...http_routes: readonly object[]) => ({ pools, http_routes });

test("a stranger cannot invent series under a wildcard: a request is counted under its host key", async () => {
  const edge = startNodeEdge();
  const table = compileDocument(
    1,
    document(routeManifest("wild", ["*.shop.example"], [toPool("/p", "p")])),
  );
  edge.write(table);
  edge.region = table;
  for (let stranger = 0; stranger < 50; stranger += 1) {
    expect((await edge.ask(`x${stranger}.shop.example`, "/p")).status).toBe(200);
    expect((await edge.ask(`x${stranger}.shop.example`, "/q")).status).toBe(404);
  }
  await vi.advanceTimersByTimeAsync(2_000);
  await edge.ask("last.shop.example", "/p");
  const counted = edge.reports.flatMap(({ hosts }) => Object.keys(hosts));
  expect(new Set(counted)).toEqual(new Set(["*.shop.example"]));
});
