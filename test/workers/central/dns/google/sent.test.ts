import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import type { RecordSet } from "../../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../../routing/dns/stamp.ts";
import { shownName } from "../../../../../workers/central/dns/failure.ts";
import type { Provider } from "../../../../../workers/central/dns/provider.ts";
import type { GoogleServer } from "../../../../vendors/google/server.ts";
import { OWNER, writeNext } from "../contract.ts";
import { documentedCalls, documentedNames } from "../documented-calls.ts";
import { malformedSets } from "../malformed.ts";
import {
  MANAGED,
  PERMISSIONS,
  PRIVATE_KEY,
  PROJECT,
  providerAt,
  startServer,
  zone,
} from "./subject.ts";

/** Escapes may make a name longer than a sentence is. */
const SHOWN = 100;
const never = new AbortController().signal;

describe("what leaves for Cloud DNS, and what is said of it", () => {
  let server: GoogleServer;
  let provider: Provider;
  beforeEach(async () => {
    server = await startServer();
    provider = providerAt(server);
  });
  afterEach(() => server.stop());

  const write = (changes: readonly Change[], by = provider) =>
    writeNext({ provider: by, zone }, changes);
  const a = (name: string, ...values: string[]): RecordSet => ({
    name: `${name}.${zone}`,
    type: "A",
    ttl: 60,
    values,
  });

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
        expect(detail).toContain(`Google Cloud DNS, zone ${zone}`);
        expect(detail).toContain(shownName(set).slice(0, SHOWN));
        refused += 1;
      }),
      { numRuns: 1_400 },
    );
    expect(refused).toBeGreaterThan(1_000);
  });

  test("no credential is in any failure", async () => {
    const secrets = [PRIVATE_KEY, ...PRIVATE_KEY.split("\n").filter((line) => line.length > 20)];
    const echo = (status: number) => async (request: Request) =>
      new Response(
        `you sent ${await request.text()} with ${request.headers.get("authorization")}`,
        {
          status,
        },
      );
    const details: string[] = [];
    const hear = async (by: Provider) => {
      for (const result of [await by.populate(never), await write([], by)])
        if (!result.ok) details.push(result.error.detail);
    };
    for (const status of [200, 400, 403, 404, 409, 412, 429, 500, 503]) {
      await hear(providerAt(server, { ports: { fetch: echo(status) } }));
      await hear(
        providerAt(server, {
          ports: {
            fetch: async (request) => {
              if (!request.url.endsWith("/token")) return echo(status)(request);
              const form = new URLSearchParams(await request.clone().text());
              secrets.push(form.get("assertion") ?? "");
              return fetch(request);
            },
          },
        }),
      );
    }
    await hear(
      providerAt(server, {
        ports: {
          fetch: async (request) => {
            throw new TypeError(`fetch failed: ${await request.text()} ${PRIVATE_KEY}`);
          },
        },
      }),
    );
    await hear(providerAt(server, { key: PRIVATE_KEY.slice(0, 200) }));
    expect(details.length).toBeGreaterThan(30);
    for (const detail of details) {
      expect(detail).toContain(`zone ${zone}`);
      for (const secret of [...secrets, "ya29.test-1"]) {
        expect(detail.includes(secret), detail).toBe(false);
      }
    }
  });

  test("its document lists the calls that are made and the permissions that they need, and no others", async () => {
    server.changeMs = 300;
    server.calls.clear();
    await write([{ kind: "create", after: a("doc", "192.0.2.1") }]);
    await write([{ kind: "update", before: a("doc", "192.0.2.1"), after: a("doc", "192.0.2.2") }]);
    await write([{ kind: "delete", before: a("doc", "192.0.2.2") }]);
    const made = server.calls.all.map(({ method, path }) => {
      const [plain = ""] = path.split("?");
      return `${method} ${plain
        .replace(PROJECT, "{project}")
        .replace(MANAGED, "{managedZone}")
        .replace(/changes\/\d+$/, "changes/{changeId}")}`;
    });
    expect([...new Set(made)].sort()).toEqual(documentedCalls("google"));
    expect(server.calls.permissions()).toEqual([
      "dns.changes.create",
      "dns.changes.get",
      "dns.resourceRecordSets.list",
      "token",
    ]);
    // The server lets the account do these and nothing else.
    expect(documentedNames("google", /`(dns\.\w+\.\w+)`/g)).toEqual(PERMISSIONS);
  });
});
