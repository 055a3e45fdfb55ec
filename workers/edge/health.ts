/** Whether this edge can serve, for DNS that leads visitors elsewhere while it cannot: `GET /.tw/healthz` under any host. */

import { type Host, pathStart } from "./guard.ts";
import type { Isolate } from "./isolate.ts";
import type { WaitUntil } from "./snapshot.ts";

const HEALTH_PATH = "/.tw/healthz";

/** A check of an address has no hostname to say, and is answered all the same. */
export const asksHealth = (url: string, host: Host): boolean =>
  url.endsWith(HEALTH_PATH) &&
  url.slice(pathStart(url)) === HEALTH_PATH &&
  !("refused" in host && host.refused !== "unknown-host");

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
