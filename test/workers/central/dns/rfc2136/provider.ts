/** The provider over a `dial` of the test's. */
import type { Batch } from "../../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../../routing/dns/stamp.ts";
import type { Provider, ProviderPorts } from "../../../../../workers/central/dns/provider.ts";
import { rfc2136Provider } from "../../../../../workers/central/dns/rfc2136.ts";
import type { DialPort } from "../../../../../workers/ports.ts";
import { KEY, NOW_S } from "./peer.ts";

export const zone = "shop.test";
export const never = new AbortController().signal;
export const fence = fenceOf(zone, undefined, { owner: "o", version: 1, sequence: 1 });
export const a: RecordSet = { name: `a.${zone}`, type: "A", ttl: 60, values: ["192.0.2.1"] };
export const batch: Batch = { fence, changes: [{ kind: "create", after: a }] };

export const providerOver = (dial: DialPort, endpoint = "ns.test:53"): Provider => {
  const ports = { clock: { nowMs: () => NOW_S * 1_000 }, dial } as unknown as ProviderPorts;
  return rfc2136Provider(
    {
      zone,
      owner: "o",
      endpoint,
      settings: { tsig_key_name: "Key.Test.", tsig_algorithm: "hmac-sha256" },
      credentials: { tsig_secret: KEY.secret },
    },
    ports,
  );
};
