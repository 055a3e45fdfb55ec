import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "./dig.ts";
import { needingServers, serversMissing } from "./find.ts";
import { type PowerDns, startPowerDns } from "./powerdns.ts";
import { isFree } from "./process.ts";

const ZONE = "pdns.test";

describe.skipIf(serversMissing)(needingServers("PowerDNS"), () => {
  let server: PowerDns;
  beforeAll(async () => {
    server = await startPowerDns({ zones: [ZONE] });
  });
  afterAll(() => server?.stop());

  const replace = (
    name: string,
    type: string,
    contents: readonly string[],
    apiKey = server.apiKey,
  ) =>
    fetch(`${server.endpoint}/api/v1/servers/localhost/zones/${ZONE}.`, {
      method: "PATCH",
      headers: { "X-API-Key": apiKey, "Content-Type": "application/json" },
      body: JSON.stringify({
        rrsets: [
          {
            name: `${name}.`,
            type,
            ttl: 60,
            changetype: "REPLACE",
            records: contents.map((content) => ({ content, disabled: false })),
          },
        ],
      }),
    });
  const port = () => server.dnsPort;

  test("a change by the API is in the very next answer, over UDP and over TCP", async () => {
    const name = `now.${ZONE}`;
    expect(await ask({ port: port(), name, type: "A" })).toMatchObject({ rcode: "NXDOMAIN" });
    for (const data of ["192.0.2.1", "192.0.2.2"]) {
      expect((await replace(name, "A", [data])).status).toBe(204);
      const answers = [{ name, type: "A", ttlS: 60, data }];
      for (const tcp of [false, true]) {
        expect(await ask({ port: port(), name, type: "A", tcp })).toEqual({
          rcode: "NOERROR",
          authoritative: true,
          transport: tcp ? "tcp" : "udp",
          answers,
        });
      }
    }
  });

  test("a zone created later is served at once", async () => {
    await server.createZone("later.test.");
    const { answers } = await ask({ port: port(), name: "later.test", type: "NS" });
    expect(answers.map(({ data }) => data)).toEqual(["ns1.later.test"]);
  });

  test("a LUA record is computed for each question", async () => {
    const name = `lua.${ZONE}`;
    expect((await replace(name, "LUA", [`A "'192.0.2.' .. (3 + 4)"`])).status).toBe(204);
    const { answers } = await ask({ port: port(), name, type: "A" });
    expect(answers.map(({ data }) => data)).toEqual(["192.0.2.7"]);
  });

  test("a wrong API key changes nothing", async () => {
    const name = `stranger.${ZONE}`;
    expect((await replace(name, "A", ["192.0.2.1"], "wrong")).status).toBe(401);
    expect(await ask({ port: port(), name, type: "A" })).toMatchObject({ rcode: "NXDOMAIN" });
  });

  test("a zone that is not its own is refused", async () => {
    const found = await ask({ port: port(), name: "elsewhere.example", type: "A" });
    expect(found).toMatchObject({ rcode: "REFUSED", authoritative: false, answers: [] });
  });

  test("a stopped one leaves its ports to others", async () => {
    const other = await startPowerDns();
    const ports = [other.dnsPort, Number(new URL(other.endpoint).port)];
    expect(await Promise.all(ports.map(isFree))).toEqual([false, false]);
    await other.stop();
    expect(await Promise.all(ports.map(isFree))).toEqual([true, true]);
  });
});
