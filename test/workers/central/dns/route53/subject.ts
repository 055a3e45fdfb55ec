/** A provider before a script, and what it is given. */
import type { Batch, Change } from "../../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../../routing/dns/stamp.ts";
import { route53Provider } from "../../../../../workers/central/dns/route53.ts";
import { POLICIES } from "../contract.ts";
import { type Hasty, hastyPorts } from "./ports.ts";
import type { Script } from "./scripted.ts";

export const ZONE = "shop.test";
export const OWNER = "main";
/** In every credential, and never in a word of ours. */
export const CANARY = "canaryKEYcanaryKEYcanary";
export const never = new AbortController().signal;

export const providerOf = (
  script: Script,
  ports: Hasty = hastyPorts(script.fetch),
  settings: object = {},
) =>
  route53Provider(
    {
      zone: ZONE,
      owner: OWNER,
      settings: { hosted_zone_id: "Z1", ...settings },
      credentials: {
        access_key_id: `id-${CANARY}`,
        secret_access_key: `secret-${CANARY}`,
        session_token: `token-${CANARY}`,
      },
    },
    ports,
  );

export const www: RecordSet = {
  name: "www.shop.test",
  type: "A",
  ttl: 60,
  values: ["192.0.2.1"],
};
export const checked: RecordSet = { ...www, values: [], policy: POLICIES.failover };
export const create: Change = { kind: "create", after: www };

export const batchOf = (...changes: readonly Change[]): Batch => ({
  fence: fenceOf(ZONE, undefined, { owner: OWNER, version: 1, sequence: 7 }),
  changes,
});

export const kindOf = (result: { ok: boolean; error?: { kind: string } }) =>
  result.ok ? "ok" : result.error?.kind;
