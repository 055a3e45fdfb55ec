/** Whether this edge can serve, for DNS that leads visitors elsewhere while it cannot: `GET /.tw/healthz` under any hostname. */

import type { Isolate } from "./isolate.ts";
import type { WaitUntil } from "./snapshot.ts";

export const HEALTH_PATH = "/.tw/healthz";

/**
 * It can as soon as it knows a configuration; which hosts are in it is not asked, because checks come by the edge's own name. Its endpoints are not
 * asked either: DNS leads to the same ones. A cold isolate goes to its sources first.
 */
export async function isAble({ snapshot }: Isolate, later: WaitUntil): Promise<boolean> {
  if (snapshot.held.manifest === null) await snapshot.find("", later);
  return snapshot.held.manifest !== null;
}

export const healthy = (requestId: string): Response =>
  new Response("ok\n", {
    headers: {
      "content-type": "text/plain; charset=utf-8",
      "cache-control": "no-store",
      "x-request-id": requestId,
    },
  });
