/** Route 53 in front of moto, behind a proxy as strict as the vendor: its transactions, quotas, pages, and five calls a second. */
import { ChangeResourceRecordSetsCommand, Route53Client } from "@aws-sdk/client-route-53";
import { describe } from "vitest";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { route53Provider } from "../../../../../workers/central/dns/route53.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { MOTO_CREDENTIALS, MOTO_REGION, startMoto } from "../../../../servers/moto.ts";
import { FIVE_A_SECOND } from "../../../../servers/route53/quotas.ts";
import { startRoute53Proxy } from "../../../../servers/route53-proxy.ts";
import { OWNER, providerContract, type Subject } from "../contract.ts";
import { hastyPorts } from "../route53/ports.ts";
import { failed, scripted } from "../route53/scripted.ts";

const ZONE = "shop.test";

async function start(): Promise<Subject> {
  const moto = await startMoto();
  const id = await moto.createZone(ZONE);
  const ports = hastyPorts();
  const proxy = await startRoute53Proxy({
    moto,
    requests: FIVE_A_SECOND,
    pendingPolls: 1,
    nowMs: ports.clock.nowMs,
  });
  const { accessKeyId, secretAccessKey } = MOTO_CREDENTIALS;
  const providerOf = (zoneId: string, more = ports) =>
    route53Provider(
      {
        zone: ZONE,
        owner: OWNER,
        endpoint: proxy.endpoint,
        settings: { hosted_zone_id: zoneId },
        credentials: { access_key_id: accessKeyId, secret_access_key: secretAccessKey },
      },
      more,
    );
  const provider = providerOf(id);
  const somebody = new Route53Client({
    endpoint: moto.endpoint,
    region: MOTO_REGION,
    credentials: MOTO_CREDENTIALS,
  });
  const meeting = (arm: () => void) => async () => {
    proxy.faults.clear();
    arm();
    return provider;
  };
  return {
    zone: ZONE,
    provider,
    async foreign(set: RecordSet) {
      const ResourceRecordSet = {
        Name: set.name,
        Type: set.type as "A",
        TTL: set.ttl,
        ResourceRecords: set.values.map((Value) => ({ Value })),
      };
      const Changes = [{ Action: "CREATE" as const, ResourceRecordSet }];
      const command = new ChangeResourceRecordSetsCommand({
        HostedZoneId: id,
        ChangeBatch: { Changes },
      });
      await somebody.send(command);
    },
    meet: {
      // As often as a listing asks for a page.
      throttled: meeting(() => proxy.faults.throttle({ times: 5 })),
      // moto checks no signature.
      unauthorized: async () =>
        providerOf(id, hastyPorts(scripted(failed("AccessDenied", "no", 403)).fetch)),
      "no-zone": async () => providerOf("Z0000000000000"),
      unreachable: meeting(() => proxy.faults.error()),
      unknown: meeting(() => proxy.faults.applyThenDrop()),
    },
    async stop() {
      somebody.destroy();
      await proxy.stop();
      await moto.stop();
    },
  };
}

describe.skipIf(serversMissing)(needingServers("Route 53"), () => {
  providerContract("route53", start);
});
