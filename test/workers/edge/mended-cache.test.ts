import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { manifestKey } from "../../../routing/names.ts";
import { toStored } from "../../../routing/snapshot.ts";
import { compileDocument, poolsAt, routeManifest, toPool } from "./harness/document.ts";
import { startNodeEdge } from "./harness/node-edge.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const TABLE = compileDocument(1, {
  pools: poolsAt({ p: 9001 }),
  http_routes: [routeManifest("r", ["shop.example"], [toPool("/", "p")])],
});
const KEY = manifestKey("default");

/** KV is asked beside the colo cache, so what it says may be held before the cache has answered. */
test.each([0, 5])(
  "a damaged copy in a colo cache that answers after %i ms is mended",
  async (ms) => {
    const entries = new Map([[KEY, toStored(TABLE.manifest).replace("default", "defaulx")]]);
    const cache = {
      get: async (key: string) => {
        await new Promise((resolve) => setTimeout(resolve, ms));
        return entries.get(key) ?? null;
      },
      put: async (key: string, value: string) => void entries.set(key, value),
    };
    const edge = startNodeEdge({ ports: { cache } });
    edge.write(TABLE);
    expect((await edge.ask("shop.example", "/")).status).toBe(200);
    await vi.advanceTimersByTimeAsync(100);
    expect(entries.get(KEY)).toBe(toStored(TABLE.manifest));
  },
);
