import { createSocket } from "node:dgram";
import { once } from "node:events";
import { decode, encode } from "dns-packet";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ask } from "./dig.ts";
import { needingServers, serversMissing } from "./find.ts";
import { type PowerDns, startPowerDns } from "./powerdns.ts";
import { HOST } from "./process.ts";

const ZONE = "dig.test";

describe.skipIf(serversMissing)(needingServers("what a question to a real server finds"), () => {
  let server: PowerDns;
  beforeAll(async () => {
    server = await startPowerDns({ zones: [ZONE] });
  });
  afterAll(() => server?.stop());

  async function put(name: string, type: string, contents: readonly string[]) {
    const records = contents.map((content) => ({ content, disabled: false }));
    const set = { name: `${name}.`, type, ttl: 60, changetype: "REPLACE", records };
    const answer = await fetch(`${server.endpoint}/api/v1/servers/localhost/zones/${ZONE}.`, {
      method: "PATCH",
      headers: { "X-API-Key": server.apiKey, "Content-Type": "application/json" },
      body: JSON.stringify({ rrsets: [set] }),
    });
    expect(answer.status).toBe(204);
  }

  test.each([
    ["A", ["192.0.2.2", "192.0.2.1"], ["192.0.2.1", "192.0.2.2"]],
    ["AAAA", ["2001:db8::1"], ["2001:db8::1"]],
    ["CNAME", ["Other.Example."], ["other.example"]],
    ["MX", ["10 Mail.Example."], ["10 mail.example"]],
    ["SRV", ["1 2 443 Host.Example."], ["1 2 443 host.example"]],
    ["CAA", ['0 issue "ca.example"'], ['0 issue "ca.example"']],
    ["TXT", ['"one" "a \\"b\\" \\\\c"'], ['"one" "a \\"b\\" \\\\c"']],
    ["PTR", ["Host.Example."], ["host.example"]],
  ] as const)("%s records come in one form and order", async (type, contents, data) => {
    const name = `${type.toLowerCase()}.${ZONE}`;
    await put(name, type, contents);
    const found = await ask({ port: server.dnsPort, name: `${name.toUpperCase()}.`, type });
    expect(found.answers).toEqual(data.map((text) => ({ name, type, ttlS: 60, data: text })));
  });

  test("an answer that fits no UDP packet is asked for again over TCP, and comes whole", async () => {
    const name = `many.${ZONE}`;
    // 16 bytes a record, and 512 a packet without EDNS (RFC 1035, section 4.2.1).
    const addresses = Array.from({ length: 60 }, (_, i) => `192.0.2.${i + 1}`);
    await put(name, "A", addresses);
    const found = await ask({ port: server.dnsPort, name, type: "A" });
    expect(found.transport).toBe("tcp");
    expect(found.answers.map(({ data }) => data)).toEqual([...addresses].sort());
  });

  test("a name that is there without this type is NOERROR with no answer, one that is not is NXDOMAIN", async () => {
    await put(`only-a.${ZONE}`, "A", ["192.0.2.1"]);
    const of = async (name: string) => {
      const { rcode, answers } = await ask({ port: server.dnsPort, name, type: "AAAA" });
      return [rcode, answers];
    };
    expect(await of(`only-a.${ZONE}`)).toEqual(["NOERROR", []]);
    expect(await of(`never.${ZONE}`)).toEqual(["NXDOMAIN", []]);
  });
});

describe("what is no answer", () => {
  test("an answer to another query is refused", async () => {
    const socket = createSocket("udp4");
    socket.bind(0, HOST);
    await once(socket, "listening");
    socket.on("message", (query, from) => {
      const { id = 0, questions = [] } = decode(query);
      const wrong = encode({ type: "response", id: id ^ 1, questions });
      socket.send(wrong, from.port, from.address);
    });
    const { port } = socket.address();
    const asked = ask({ port, name: "x.test", type: "A" });
    await expect(asked).rejects.toThrow("x.test: the answer is to another query");
    await new Promise<void>((resolve) => socket.close(resolve));
  });
});
