import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Bind, startBind } from "./bind.ts";
import { ask } from "./dig.ts";
import { needingServers, serversMissing } from "./find.ts";
import { type Moto, startMoto } from "./moto.ts";
import { type OctoDnsTarget, octodns } from "./octodns.ts";
import { type PowerDns, startPowerDns } from "./powerdns.ts";
import { type Route53Proxy, startRoute53Proxy } from "./route53-proxy.ts";

const ZONE = "octo.test";
const DESIRED = `
www:
  - type: A
    ttl: 60
    values: [192.0.2.1, 192.0.2.2]
  - type: TXT
    ttl: 60
    value: hello
"*":
  - type: CNAME
    ttl: 60
    value: www.${ZONE}.
`;
const OTHER = DESIRED.replace("192.0.2.2", "192.0.2.3");

describe.skipIf(serversMissing)(needingServers("octoDNS"), () => {
  let moto: Moto;
  let proxy: Route53Proxy;
  let powerdns: PowerDns;
  let bind: Bind;
  beforeAll(async () => {
    [moto, powerdns, bind] = await Promise.all([
      startMoto(),
      startPowerDns({ zones: [ZONE] }),
      startBind({ zones: [ZONE] }),
    ]);
    await moto.createZone(ZONE);
    proxy = await startRoute53Proxy({ moto });
  });
  afterAll(async () => {
    await proxy?.stop();
    await Promise.all([moto?.stop(), powerdns?.stop(), bind?.stop()]);
  });

  const targets: Readonly<Record<string, () => OctoDnsTarget>> = {
    "Route 53 before moto": () => ({ kind: "route53", endpoint: proxy.endpoint }),
    PowerDNS: () => ({ kind: "powerdns", server: powerdns }),
    "BIND by update": () => ({ kind: "rfc2136", server: bind }),
  };
  const shortly = (changes: Awaited<ReturnType<typeof octodns>>) =>
    changes.map(({ action, name, type }) => `${action} ${name} ${type}`).sort();

  /** What each server holds before; BIND's zone has the address of its NS too. */
  const own: Readonly<Record<string, string>> = {
    "BIND by update": "ns1:\n  type: A\n  ttl: 60\n  value: 127.0.0.1\n",
  };

  describe.each(Object.keys(targets))("%s", (name) => {
    const go = (desired: string, apply: boolean) => {
      const target = targets[name]?.();
      if (target === undefined) throw new Error("a known target");
      return octodns({ target, zone: ZONE, desired: desired + (own[name] ?? ""), apply });
    };

    test("a dry run tells what is missing and writes nothing, an apply writes it, and then nothing is to do", async () => {
      const missing = ["create * CNAME", "create www A", "create www TXT"];
      expect(shortly(await go(DESIRED, false))).toEqual(missing);
      expect(shortly(await go(DESIRED, true))).toEqual(missing);
      expect(await go(DESIRED, false)).toEqual([]);
    });

    test("a difference is told with what is there and what is wanted", async () => {
      await go(DESIRED, true);
      expect(await go(OTHER, false)).toEqual([
        {
          action: "update",
          name: "www",
          type: "A",
          existing: { ttl: 60, values: ["192.0.2.1", "192.0.2.2"] },
          new: { ttl: 60, values: ["192.0.2.1", "192.0.2.3"] },
        },
      ]);
    });
  });

  test("what it wrote is what the DNS servers answer", async () => {
    const target: OctoDnsTarget = { kind: "powerdns", server: powerdns };
    await octodns({ target, zone: ZONE, desired: OTHER, apply: true });
    const question = { port: powerdns.dnsPort, name: `www.${ZONE}`, type: "A" } as const;
    const { answers } = await ask(question);
    expect(answers.map(({ data }) => data)).toEqual(["192.0.2.1", "192.0.2.3"]);
  });

  test("a refused key is told by octoDNS's own words", async () => {
    const target: OctoDnsTarget = { kind: "powerdns", server: { ...powerdns, apiKey: "wrong" } };
    const refused = octodns({ target, zone: ZONE, desired: DESIRED, apply: false });
    await expect(refused).rejects.toThrow(/octoDNS ended with 1:.*(Unauthorized|unauthorized)/s);
  });
});
