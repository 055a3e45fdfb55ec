/** Asking the ledgers of zones at once, so that one that is silent costs its own line and nothing else. */

import { ask, type NoAnswer, REGION_TIMEOUT_MS } from "../http/ask.ts";
import type { Central } from "../http/routes.ts";
import type { ZoneObject } from "../ports.ts";

export type ZoneHeard<T> =
  | { readonly zone: string; readonly reachable: true; readonly value: T }
  | { readonly zone: string; readonly reachable: false; readonly reason: NoAnswer["reason"] };

/** By name. Cost: at most `REGION_TIMEOUT_MS`. */
export const askZones = <T>(
  { ports, account }: Pick<Central, "ports" | "account">,
  zones: readonly string[],
  work: (ledger: ZoneObject, zone: string) => Promise<T>,
): Promise<readonly ZoneHeard<T>[]> =>
  Promise.all(
    [...zones].sort().map(async (zone): Promise<ZoneHeard<T>> => {
      const ledger = async () => work(ports.objects.ledger(account, zone), zone);
      const answer = await ask(ports, ledger, REGION_TIMEOUT_MS);
      return answer.ok
        ? { zone, reachable: true, value: answer.value }
        : { zone, reachable: false, reason: answer.error.reason };
    }),
  );
