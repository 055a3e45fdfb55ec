/** A zone at a PowerDNS of this machine that leads visitors to pools by DNS alone: what a bad day writes there is counted. */
import type { SpawnedPlanet } from "../../../local/spawn.ts";
import { startPowerDns } from "../../servers/powerdns.ts";
import { INSTALL, programsFound } from "../../servers/programs.ts";
import { type More, POOL_NAMES } from "../stage.ts";

const DOMAIN = "shop.test";
const ZONE = `powerdns.${DOMAIN}`;
const NAME = `www.${DOMAIN}`;
/** Seconds: the shortest that a zone may have. */
const INTERVAL = 10;

export interface Zone {
  readonly more: More;
  stop(): Promise<void>;
}

export const ZONE_MISSING = `PowerDNS is not here (${INSTALL})`;

export function zoneIsHere(): boolean {
  const { pdns, pdnsSchema } = programsFound();
  return pdns !== undefined && pdnsSchema !== undefined;
}

/** `null` where PowerDNS is not installed. */
export async function startZone(): Promise<Zone | null> {
  if (!zoneIsHere()) return null;
  const server = await startPowerDns({ zones: [DOMAIN] });
  const document = {
    load_balancers: {
      [NAME]: {
        default_pools: POOL_NAMES,
        fallback_pool: POOL_NAMES.at(-1),
        steering_policy: "off",
      },
    },
    zones: {
      [ZONE]: {
        domain: DOMAIN,
        provider: "powerdns",
        endpoint: server.endpoint,
        credentials: { env: "TW_CRED_PDNS" },
        publish: { [NAME]: "direct" },
        mode: "apply",
        interval: INTERVAL,
        failback_hold_seconds: 5,
      },
    },
  };
  const env = { TW_CRED_PDNS: JSON.stringify({ api_key: server.apiKey }) };
  return { more: { document, env }, stop: () => server.stop() };
}

export interface DnsWrite {
  readonly atMs: number;
  readonly changes: number;
}

/** Every plan that the zone's ledger wrote, oldest first. Errors: rejects when the ledger does not answer. */
export async function dnsWrites(planet: SpawnedPlanet): Promise<readonly DnsWrite[]> {
  const answer = await planet.api(`/v1/zones/${ZONE}/history`);
  if (answer.status !== 200) throw new Error(`the zone's history: ${answer.status} ${answer.text}`);
  const { history } = JSON.parse(answer.text) as {
    history: readonly { readonly at: string; readonly changed: number }[];
  };
  return history
    .map(({ at, changed }) => ({ atMs: Date.parse(at), changes: changed }))
    .filter(({ changes }) => changes > 0)
    .toReversed();
}
