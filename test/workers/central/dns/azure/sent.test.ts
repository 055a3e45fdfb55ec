import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../../routing/dns/stamp.ts";
import { shownName } from "../../../../../workers/central/dns/failure.ts";
import type { Provider } from "../../../../../workers/central/dns/provider.ts";
import type { AzureServer } from "../../../../vendors/azure/server.ts";
import { OWNER, writeNext } from "../contract.ts";
import { documentedCalls, documentedNames } from "../documented-calls.ts";
import { malformedSets } from "../malformed.ts";
import {
  GROUP,
  PERMISSIONS,
  providerAt,
  SECRET,
  SUBSCRIPTION,
  startServer,
  TENANT,
  zone,
} from "./subject.ts";

/** Escapes may make a name longer than a sentence is. */
const SHOWN = 100;
const never = new AbortController().signal;

describe("what leaves for Azure DNS, and what is said of it", () => {
  let server: AzureServer;
  let provider: Provider;
  beforeEach(async () => {
    server = await startServer();
    provider = providerAt(server);
  });
  afterEach(() => server.stop());

  const write = (changes: readonly Change[], by = provider) =>
    writeNext({ provider: by, zone }, changes);

  test("1,000 malformed sets are refused before anything is sent, by provider, zone and record", async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(malformedSets(zone), async (set) => {
        const calls = provider.calls;
        const fence = fenceOf(zone, undefined, { owner: OWNER, version: 1, sequence: 1 });
        const batch = { fence, changes: [{ kind: "create", after: set } as const] };
        const written = await provider.write(batch, never);
        if (written.ok) {
          // By chance it was well formed. The next one finds an empty zone again.
          await server.stop();
          server = await startServer();
          provider = providerAt(server);
          return;
        }
        const { kind, detail } = written.error;
        expect([kind, provider.calls - calls]).toEqual(["rejected", 0]);
        expect(detail).toContain(`Azure DNS, zone ${zone}`);
        // What passes the common look is canonical, so Azure's own look may name it without quotes.
        const names = [shownName(set), `${set.name} ${set.type}`];
        expect(names.some((name) => detail.includes(name.slice(0, SHOWN)))).toBe(true);
        refused += 1;
      }),
      { numRuns: 1_400 },
    );
    expect(refused).toBeGreaterThan(1_000);
  });

  test("no name leads out of the zone's own path", async () => {
    for (const name of [`../../x.${zone}`, `..%2f.${zone}`, `a?b.${zone}`, `a/b.${zone}`]) {
      for (const kind of ["create", "delete"] as const) {
        const set: RecordSet = { name, type: "A", ttl: 60, values: ["192.0.2.1"] };
        const change: Change = kind === "create" ? { kind, after: set } : { kind, before: set };
        expect(await write([change])).toMatchObject({ error: { kind: "rejected" } });
      }
    }
    expect(server.calls.all.filter(({ method }) => method !== "GET").length).toBe(1);
  });

  test("no credential is in any failure", async () => {
    const forms = [SECRET, encodeURIComponent(SECRET)];
    const secrets = [...forms, new URLSearchParams({ s: SECRET }).toString().slice(2)];
    const echo = (status: number) => async (request: Request) =>
      new Response(
        JSON.stringify({
          code: "Echo",
          message: `you sent ${await request.text()} with ${request.headers.get("authorization")}`,
        }),
        { status },
      );
    const details: string[] = [];
    const hear = async (by: Provider) => {
      for (const result of [await by.populate(never), await write([], by)])
        if (!result.ok) details.push(result.error.detail);
    };
    for (const status of [200, 400, 403, 404, 409, 412, 429, 500, 503]) {
      await hear(providerAt(server, { ports: { fetch: echo(status) } }));
      const fetchPort = (request: Request) =>
        request.url.includes("/oauth2/") ? fetch(request) : echo(status)(request);
      await hear(providerAt(server, { ports: { fetch: fetchPort } }));
    }
    await hear(
      providerAt(server, {
        ports: {
          fetch: async (request) => {
            throw new TypeError(`fetch failed: ${await request.text()} ${SECRET}`);
          },
        },
      }),
    );
    await hear(providerAt(server, { secret: `${SECRET}x` }));
    expect(details.length).toBeGreaterThan(30);
    for (const detail of details) {
      expect(detail).toContain(`zone ${zone}`);
      for (const secret of [...secrets, "entra.test-1"]) {
        expect(detail.includes(secret), detail).toBe(false);
      }
    }
  });

  test("its document lists the calls that are made and the actions that they need, and no others", async () => {
    const values: Readonly<Record<string, string>> = {
      A: "192.0.2.1",
      AAAA: "2001:db8::1",
      CAA: '0 issue "ca.test"',
      CNAME: "a.test",
      MX: "10 a.test",
      SRV: "1 2 3 a.test",
      TXT: "text",
    };
    const sets = Object.entries(values).map(
      ([type, value]): RecordSet => ({
        name: `doc-${type.toLowerCase()}.${zone}`,
        type,
        ttl: 60,
        values: [value],
      }),
    );
    server.calls.clear();
    await write(sets.map((after) => ({ kind: "create", after })));
    const listing = await provider.populate(never);
    const stamp = listing.ok && listing.value.sets.find(({ name }) => name.startsWith("_"));
    const fence = fenceOf(zone, stamp || undefined, { owner: OWNER, version: 1, sequence: 2 });
    const changes = sets.map((before): Change => ({ kind: "delete", before }));
    expect(await providerAt(server).write({ fence, changes }, never)).toMatchObject({ ok: true });
    const made = server.calls.all.map(({ method, path }) => {
      const [plain = ""] = path.split("?");
      return `${method} ${plain
        .replace(SUBSCRIPTION, "{subscription}")
        .replace(`resourceGroups/${GROUP}`, "resourceGroups/{group}")
        .replace(`/${TENANT}/`, "/{tenant}/")
        .replace(/dnsZones\/shop\.test/, "dnsZones/{zone}")
        .replace(/(\{zone\})\/[A-Z]+\/.*$/, "$1/{type}/{name}")}`;
    });
    expect([...new Set(made)].sort()).toEqual(documentedCalls("azure"));
    const documented = documentedNames("azure", /"(Microsoft\.Network\/[^"]+)"/g);
    expect(documented).toEqual([...PERMISSIONS].sort());
    expect(server.calls.permissions()).toEqual([...PERMISSIONS, "token"].sort());
  });
});
