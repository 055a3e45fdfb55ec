import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import { RECORD_TYPES, type RecordSet } from "../../../../../routing/dns/record.ts";
import { readMessage } from "../../../../../workers/central/dns/rfc2136/message.ts";
import type { DialPort } from "../../../../../workers/ports.ts";
import { dialPort } from "../../../../helpers/dial.ts";
import { root } from "../../../../house/source.ts";
import { type Bind, makeTsigKey } from "../../../../servers/bind.ts";
import { ask } from "../../../../servers/dig.ts";
import { needingServers, serversMissing } from "../../../../servers/find.ts";
import { type PowerDns, startPowerDns } from "../../../../servers/powerdns.ts";
import { HOST, startServer } from "../../../../servers/process.ts";
import { needPrograms } from "../../../../servers/programs.ts";
import { POLICIES, SAMPLES, writeNext } from "../contract.ts";
import * as bind from "./bind-zone.ts";
import * as powerdns from "./powerdns-zone.ts";

const page = (name: string): string =>
  readFileSync(join(root, `docs/dns-providers/${name}.md`), "utf8");

/** The first column of the table of calls. */
const documented = (name: string): readonly string[] => {
  const rows = page(name).matchAll(/^\| `([^`]+)` \|/gm);
  return Array.from(rows, ([, call = ""]) => call).sort();
};

const changesOf = (zone: string): readonly Change[] =>
  RECORD_TYPES.flatMap((type) => SAMPLES[type].map((set) => ({ ...set, type }))).map((set) => ({
    kind: "create",
    after: { ...set, name: set.name.replace(/Z$/, zone) },
  }));

describe.skipIf(serversMissing)(needingServers("the calls that a provider's page lists"), () => {
  let pdns: PowerDns;
  let named: Bind;
  beforeAll(async () => {
    pdns = await startPowerDns({ zones: [powerdns.zone] });
    named = await bind.startEmptyBind();
  });
  afterAll(async () => {
    await pdns?.stop();
    await named?.stop();
  });

  const all = async (subject: Parameters<typeof writeNext>[0], more: readonly RecordSet[]) => {
    for (const set of more) {
      const written = await writeNext(subject, [{ kind: "create", after: set }]);
      expect(written).toEqual({ ok: true, value: null });
    }
    const changes = changesOf(subject.zone);
    expect(await writeNext(subject, changes)).toEqual({ ok: true, value: null });
    const gone = changes.map((change): Change => {
      if (change.kind !== "create") throw new Error("they are");
      return { kind: "delete", before: change.after };
    });
    expect(await writeNext(subject, gone)).toEqual({ ok: true, value: null });
  };

  test("powerdns makes those and no others", async () => {
    const calls = new Set<string>();
    const provider = powerdns.providerAt(pdns, {
      ports: {
        fetch: (request) => {
          const { pathname, search } = new URL(request.url);
          const path = pathname
            .replace("/localhost/", "/{server_id}/")
            .replace(`/${powerdns.zone}.`, "/{zone}.");
          calls.add(
            `${request.method} ${path}${search.replace(/rrset_name=[^&]*/, "rrset_name=…")}`,
          );
          return fetch(request);
        },
      },
    });
    const sets = (["failover", "weighted"] as const).map(
      (kind): RecordSet => ({
        name: `${kind}.${powerdns.zone}`,
        type: "A",
        ttl: 60,
        values: [],
        policy: POLICIES[kind],
      }),
    );
    await all({ provider, zone: powerdns.zone }, sets);
    expect([...calls].sort()).toEqual(documented("powerdns"));
  });

  test("rfc2136 makes those and no others", async () => {
    const calls = new Set<string>();
    const dial: DialPort = async (target, signal) => {
      const connection = await dialPort(target, signal);
      const seen = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          const message = readMessage(chunk.subarray(2));
          const { opcode, questions } = message.ok ? message.value : { opcode: -1, questions: [] };
          calls.add(opcode === 5 ? "UPDATE" : questions[0]?.type === 252 ? "AXFR" : "another");
          controller.enqueue(chunk);
        },
      });
      seen.readable.pipeTo(connection.writable).catch(() => {});
      return { ...connection, writable: seen.writable };
    };
    const provider = bind.providerAt(named, { ports: { dial } });
    await all({ provider, zone: bind.zone }, []);
    expect([...calls].sort()).toEqual(documented("rfc2136"));
  });

  test("what the page of rfc2136 has BIND allow is enough, and no more than that", async () => {
    const key = makeTsigKey("tradewind", "hmac-sha256");
    const [, block = ""] = /```\n(key "tradewind".*?)```/s.exec(page("rfc2136")) ?? [];
    const { zone } = bind;
    const server = await startServer({
      name: "bind-least",
      portCount: 1,
      async prepare(folder, [port = 0]) {
        const options = `options { directory "${folder}"; listen-on port ${port} { ${HOST}; }; listen-on-v6 { none; }; pid-file none; session-keyfile none; recursion no; notify no; };`;
        const zoneBlock = block
          .replaceAll("shop.example", zone)
          .replace("…", key.secret)
          .replace("{\n  allow", `{\n  type primary; file "${folder}/zone";\n  allow`);
        await writeFile(
          join(folder, "zone"),
          `$TTL 60\n@ IN SOA ns.example.net. h.example.net. 1 3600 600 86400 1\n@ IN NS ns.example.net.\n`,
        );
        await writeFile(join(folder, "named.conf"), `${options}\ncontrols { };\n${zoneBlock}`);
        return {
          program: needPrograms("named").named,
          flags: ["-g", "-n", "1", "-c", `${folder}/named.conf`],
        };
      },
      answers: async ([port = 0]) =>
        (await ask({ port, name: zone, type: "SOA" })).answers.length === 1,
    });
    try {
      const at = { ...named, port: server.ports[0] ?? 0, key };
      const provider = bind.providerAt(at);
      await all({ provider, zone }, []);
      await expect(
        bind.nsupdate(at, [`update add ${zone}. 60 NS ns2.example.net.`]),
      ).rejects.toThrow("REFUSED");
    } finally {
      await server.stop();
    }
  });
});
