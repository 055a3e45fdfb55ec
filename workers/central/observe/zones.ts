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

/** Every zone that is kept in step, or the first `zonesMax` by name; none when the store does not say which those are. */
export async function askSyncedZones<T>(
  central: Pick<Central, "ports" | "account">,
  work: (ledger: ZoneObject, zone: string) => Promise<T>,
  zonesMax = Number.POSITIVE_INFINITY,
): Promise<readonly ZoneHeard<T>[]> {
  const { ports, account } = central;
  const synced = async () => ports.objects.config(account).syncedZones();
  const zones = await ask(ports, synced, REGION_TIMEOUT_MS);
  return await askZones(central, zones.ok ? [...zones.value].sort().slice(0, zonesMax) : [], work);
}
