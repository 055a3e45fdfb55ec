/** What makes ledgers look from outside: a change of what is wanted, and the clock that brings back an alarm that was lost. */

import { ask } from "../http/ask.ts";
import type { Central } from "../http/routes.ts";
import type { ZoneObject } from "../ports.ts";

/** Setting an alarm is one row; a ledger that is silent for longer looks on its own alarm. */
const WAKE_TIMEOUT_MS = 5_000;

type Waker = Pick<Central, "ports" | "account">;

/** After an accepted version: every zone that is kept in step looks soon. Never fails. */
export const pokeLedgers = (central: Waker): Promise<void> =>
  eachLedger(central, (ledger) => ledger.poke());

/** Every ledger that lost its alarm sets it again; the others are left to theirs. Never fails. */
export const wakeLedgers = (central: Waker): Promise<void> =>
  eachLedger(central, (ledger) => ledger.status());

async function eachLedger(
  { ports, account }: Waker,
  work: (ledger: ZoneObject) => Promise<unknown>,
): Promise<void> {
  const { config, ledger } = ports.objects;
  const zones = await ask(ports, async () => config(account).syncedZones(), WAKE_TIMEOUT_MS);
  const silent: string[] = zones.ok ? [] : ["every zone: the configuration store did not answer"];
  await Promise.all(
    (zones.ok ? zones.value : []).map(async (zone) => {
      const answer = await ask(ports, async () => work(ledger(account, zone)), WAKE_TIMEOUT_MS);
      if (!answer.ok) silent.push(zone);
    }),
  );
  if (silent.length === 0) return;
  console.error(JSON.stringify({ level: "error", event: "ledgers-not-woken", zones: silent }));
}
