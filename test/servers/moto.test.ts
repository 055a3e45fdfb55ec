import {
  ChangeResourceRecordSetsCommand,
  ListResourceRecordSetsCommand,
  NoSuchHostedZone,
  Route53Client,
} from "@aws-sdk/client-route-53";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { needingServers, serversMissing } from "./find.ts";
import { MOTO_CREDENTIALS, MOTO_REGION, type Moto, startMoto } from "./moto.ts";
import { isFree } from "./process.ts";

describe.skipIf(serversMissing)(needingServers("moto"), () => {
  let moto: Moto;
  let route53: Route53Client;
  beforeAll(async () => {
    moto = await startMoto();
    const { endpoint } = moto;
    route53 = new Route53Client({ endpoint, region: MOTO_REGION, credentials: MOTO_CREDENTIALS });
  });
  afterAll(() => moto?.stop());

  const namesIn = async (zone: string) => {
    const command = new ListResourceRecordSetsCommand({ HostedZoneId: zone });
    const { ResourceRecordSets = [] } = await route53.send(command);
    return ResourceRecordSets.map(({ Name, Type }) => `${Name} ${Type}`);
  };

  test("a new zone holds its NS and SOA, and then what the vendor's own client writes into it", async () => {
    const zone = await moto.createZone("moto.test");
    expect(await namesIn(zone)).toEqual(["moto.test. NS", "moto.test. SOA"]);
    const record = { Name: "www.moto.test", Type: "A", TTL: 60 } as const;
    const set = { ...record, ResourceRecords: [{ Value: "192.0.2.1" }] };
    await route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: zone,
        ChangeBatch: { Changes: [{ Action: "CREATE", ResourceRecordSet: set }] },
      }),
    );
    expect(await namesIn(zone)).toContain("www.moto.test. A");
  });

  test("it speaks STS on the same endpoint", async () => {
    const answer = await fetch(moto.endpoint, {
      method: "POST",
      headers: {
        "Content-Type": "application/x-www-form-urlencoded",
        Authorization: `AWS4-HMAC-SHA256 Credential=testing/20261127/${MOTO_REGION}/sts/aws4_request`,
      },
      body: "Action=GetCallerIdentity&Version=2011-06-15",
    });
    expect(await answer.text()).toContain("<Account>123456789012</Account>");
  });

  test("a reset forgets every zone", async () => {
    const zone = await moto.createZone("forgotten.test");
    await moto.reset();
    await expect(namesIn(zone)).rejects.toThrow(NoSuchHostedZone);
  });

  test("a stopped one leaves its port to others", async () => {
    const other = await startMoto();
    expect(await isFree(other.port)).toBe(false);
    await other.stop();
    expect(await isFree(other.port)).toBe(true);
  });
});
