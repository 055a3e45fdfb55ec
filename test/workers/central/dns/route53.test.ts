/** What the provider makes of answers that no server can be brought to give; the contract is in `servers/route53.test.ts`. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Change, Unit } from "../../../../routing/dns/change.ts";
import { changesOf, batchesOf as unitsOf } from "../../../../routing/dns/pack.ts";
import type { RecordSet } from "../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../routing/dns/stamp.ts";
import { txtOf } from "../../../../routing/dns/txt.ts";
import { CALLS_APART_MS } from "../../../../workers/central/dns/route53/session.ts";
import { ROUTE53_ABILITIES } from "../../../../workers/central/dns/route53.ts";
import { hastyPorts } from "./route53/ports.ts";
import type { Script } from "./route53/scripted.ts";
import {
  addressOf,
  changed,
  checksPage,
  checkText,
  createdCheck,
  failed,
  page,
  SOA,
  scripted,
  xml,
} from "./route53/scripted.ts";
import {
  batchOf,
  CANARY,
  checked,
  create,
  kindOf,
  never,
  OWNER,
  providerOf,
  www,
  ZONE,
} from "./route53/subject.ts";

const batchesOf = (...given: Parameters<typeof unitsOf>) => unitsOf(...given).map(changesOf);

describe("listing", () => {
  test("asks page after page, from where the last one ended, and no health checks when none is used", async () => {
    const next =
      "<NextRecordName>b.shop.test.</NextRecordName><NextRecordType>A</NextRecordType><NextRecordIdentifier>x y</NextRecordIdentifier>";
    const script = scripted(
      page(SOA + addressOf("a.shop.test.", "192.0.2.1"), next),
      page(addressOf("b.shop.test.", "192.0.2.2")),
    );
    const provider = providerOf(script);
    const listing = await provider.populate(never);
    expect(listing).toMatchObject({ ok: true, value: { complete: true } });
    expect(listing.ok && listing.value.sets.map(({ name }) => name)).toEqual([
      "a.shop.test",
      "b.shop.test",
    ]);
    expect(script.asked).toEqual([
      "GET route53.amazonaws.com/hostedzone/Z1/rrset?maxitems=300",
      "GET route53.amazonaws.com/hostedzone/Z1/rrset?name=b.shop.test.&type=A&identifier=x%20y&maxitems=300",
    ]);
    expect(provider.calls).toBe(2);
  });

  const next = "<NextRecordName>b.shop.test.</NextRecordName><NextRecordType>A</NextRecordType>";
  const throttled = (headers = {}) => failed("Throttling", "Rate exceeded", 400, headers);
  const isPause = (ms: number) => ms > CALLS_APART_MS;

  test("a page that fails after others fails the whole listing", async () => {
    const script = scripted(page(SOA, next), failed("AccessDenied", "no"));
    expect(kindOf(await providerOf(script).populate(never))).toBe("unauthorized");
    expect(script.asked).toHaveLength(2);
  });

  test("a page that is throttled is waited for, as long as Route 53 says, and the listing goes on", async () => {
    const script = scripted(
      page(SOA, next),
      throttled(),
      throttled({ "retry-after": "3" }),
      page(addressOf("b.shop.test.", "192.0.2.2")),
    );
    const ports = hastyPorts(script.fetch);
    const listing = await providerOf(script, ports).populate(never);
    expect(listing.ok && listing.value.sets.map(({ name }) => name)).toEqual(["b.shop.test"]);
    expect(ports.waits.filter(isPause)).toEqual([1_500, 3_000]);
  });

  test("a page of health checks too", async () => {
    const used = `${SOA}${addressOf("a.shop.test.", "192.0.2.1")}`.replace(
      "</TTL><ResourceRecords><ResourceRecord><Value>192",
      "</TTL><HealthCheckId>h1</HealthCheckId><ResourceRecords><ResourceRecord><Value>192",
    );
    const script = scripted(page(used), throttled(), checksPage(""));
    expect(kindOf(await providerOf(script).populate(never))).toBe("ok");
    expect(script.asked).toHaveLength(3);
  });

  test("one that is throttled for good, or for longer than a look can wait, fails the listing with that wait", async () => {
    const good = scripted(page(SOA, next), throttled());
    expect(kindOf(await providerOf(good).populate(never))).toBe("throttled");
    expect(good.asked).toHaveLength(6);
    const long = scripted(page(SOA, next), throttled({ "retry-after": "60" }));
    const ports = hastyPorts(long.fetch);
    expect(await providerOf(long, ports).populate(never)).toMatchObject({
      error: { kind: "throttled", retryAfterMs: 60_000 },
    });
    expect(ports.waits.filter(isPause)).toEqual([]);
  });

  test("the wait ends with the caller's time", async () => {
    const script = scripted(page(SOA, next), throttled());
    const ends = new AbortController();
    const ports = hastyPorts(script.fetch);
    const timers = {
      ...ports.timers,
      wait: async (ms: number, signal?: AbortSignal) => {
        if (isPause(ms)) ends.abort();
        return ports.timers.wait(ms, signal);
      },
    };
    const listing = await providerOf(script, { ...ports, timers }).populate(ends.signal);
    expect(kindOf(listing)).toBe("throttled");
    expect(script.asked).toHaveLength(2);
  });

  test("pages that do not get on are an end, not a loop", async () => {
    const next = "<NextRecordName>b.shop.test.</NextRecordName><NextRecordType>A</NextRecordType>";
    const script = scripted(page(SOA, next));
    expect(kindOf(await providerOf(script).populate(never))).toBe("unreachable");
    expect(script.asked).toHaveLength(2);
  });

  test("the zone of somebody else's name is no zone", async () => {
    const script = scripted(page(SOA.replaceAll("shop.test.", "other.test.")));
    const listing = await providerOf(script).populate(never);
    expect(listing).toMatchObject({ ok: false, error: { kind: "no-zone" } });
    expect(!listing.ok && listing.error.detail).toContain("the hosted zone is that of other.test");
  });

  test("calls are a quarter of a second apart", async () => {
    const script = scripted(page(SOA));
    const ports = { ...hastyPorts(script.fetch), clock: { nowMs: () => 1_000 } };
    const provider = providerOf(script, ports);
    await provider.populate(never);
    await provider.populate(never);
    expect(ports.waits).toEqual([CALLS_APART_MS]);
  });
});

describe("writing", () => {
  test("a batch is one call: the stamp first, deletes before creates, never an UPSERT", async () => {
    const script = scripted(changed("INSYNC"));
    const after = { ...www, ttl: 120 };
    const old: RecordSet = { ...www, name: "old.shop.test" };
    const stamp = { owner: OWNER, version: 1, sequence: 7 };
    const { after: before } = fenceOf(ZONE, undefined, stamp) as { after: RecordSet };
    const written = await providerOf(script).write(
      {
        fence: fenceOf(ZONE, before, { ...stamp, sequence: 8 }),
        changes: [
          { kind: "update", before: www, after },
          { kind: "delete", before: old },
        ],
      },
      never,
    );
    expect(written).toEqual({ ok: true, value: null });
    expect(script.asked).toEqual(["POST route53.amazonaws.com/hostedzone/Z1/rrset"]);
    const [body = ""] = script.bodies;
    const found = body.matchAll(/<Action>(\w+)<\/Action><ResourceRecordSet><Name>([^<]+)</g);
    expect([...found].map(([, action, name]) => `${action} ${name}`)).toEqual([
      "DELETE _tradewind-main.shop.test.",
      "DELETE www.shop.test.",
      "DELETE old.shop.test.",
      "CREATE _tradewind-main.shop.test.",
      "CREATE www.shop.test.",
    ]);
  });

  test("it is done when Route 53 says INSYNC, and a throttled question about it is asked again", async () => {
    const script = scripted(
      changed("PENDING"),
      changed("PENDING", "GetChange"),
      failed("Throttling", "Rate exceeded"),
      changed("INSYNC", "GetChange"),
    );
    expect(await providerOf(script).write(batchOf(create), never)).toEqual({
      ok: true,
      value: null,
    });
    expect(script.asked.slice(1)).toEqual(Array(3).fill("GET route53.amazonaws.com/change/C1"));
  });

  test("when the signal ends before that, it is unknown", async () => {
    const stop = new AbortController();
    const script = scripted(changed("PENDING"), () => {
      stop.abort(new Error("time is up"));
      return changed("PENDING", "GetChange");
    });
    const written = await providerOf(script).write(batchOf(create), stop.signal);
    expect(written).toMatchObject({ ok: false, error: { kind: "unknown" } });
    expect(!written.ok && written.error.detail).toContain("time is up");
  });

  test("when the signal has ended before anything is sent, nothing was", async () => {
    const stop = new AbortController();
    stop.abort(new Error("time is up"));
    const script = scripted(changed("INSYNC"));
    expect(kindOf(await providerOf(script).write(batchOf(create), stop.signal))).toBe(
      "unreachable",
    );
    expect(script.asked).toEqual([]);
  });

  test("more than Route 53 takes at once is refused with the numbers, and not sent", async () => {
    const script = scripted(changed("INSYNC"));
    const values = Array.from({ length: 400 }, (_, at) => `10.0.${at >> 8}.${at & 255}`);
    const three = ["a", "b", "c"].map(
      (name): Change => ({ kind: "create", after: { ...www, name: `${name}.${ZONE}`, values } }),
    );
    const many = await providerOf(script).write(batchOf(...three), never);
    expect(!many.ok && many.error).toMatchObject({ kind: "rejected" });
    expect(!many.ok && many.error.detail).toContain("1201 values of");
    const set = await providerOf(script).write(
      batchOf({ kind: "create", after: { ...www, values: [...values, "192.0.2.1"] } }),
      never,
    );
    expect(!set.ok && set.error.detail).toContain("has 401 values, and the provider takes 400");
    const texts = Array.from({ length: 9 }, (_, at) => txtOf(`${at}${"x".repeat(3_900)}`));
    const long = await providerOf(script).write(
      batchOf({ kind: "create", after: { ...www, type: "TXT", values: texts } }),
      never,
    );
    expect(!long.ok && long.error.detail).toMatch(/values of 35\d{3} characters/);
    expect(script.asked).toEqual([]);
  });

  test("more members than Route 53 has of one name and type are refused with both numbers, before anything is sent", async () => {
    const script = scripted(changed("INSYNC"));
    const weighted = (count: number): Change => {
      const members = Array.from({ length: count }, (_, at) => ({
        id: `m${at}`,
        values: ["192.0.2.1"],
        weight: 1,
      }));
      const after: RecordSet = { ...www, values: [], policy: { kind: "weighted", members } };
      return { kind: "create", after };
    };
    const refused = await providerOf(script).write(batchOf(weighted(101)), never);
    expect(kindOf(refused)).toBe("rejected");
    expect(!refused.ok && refused.error.detail).toContain(
      '"www.shop.test" "A" has 101 members, and Route 53 takes 100',
    );
    expect(script.asked).toEqual([]);
    expect(kindOf(await providerOf(script).write(batchOf(weighted(100)), never))).toBe("ok");
  });

  test("what is packed by the abilities is within the vendor's limits", async () => {
    const script = scripted(changed("INSYNC"));
    const text = fc.oneof(
      fc.string({ maxLength: 300 }).map(txtOf),
      // The longest on the wire for what it is here.
      fc.constantFrom('"', '"'.repeat(600), "\\\\".repeat(100)),
    );
    const texts = fc.uniqueArray(text, { minLength: 1, maxLength: 4 });
    const property = fc.asyncProperty(
      fc.array(fc.tuple(texts, texts), { minLength: 1 }),
      fc.integer({ min: 300, max: 600 }),
      async (contents, count) => {
        const units = Array.from({ length: count }, (_, at): Unit => {
          const [values = [], older = []] = contents[at % contents.length] ?? [];
          const after = { ...www, name: `n${at}.shop.test`, type: "TXT", values };
          const before = { ...after, values: older };
          const changes: readonly Change[] = [
            at % 2 === 0 ? { kind: "create", after } : { kind: "update", before, after },
          ];
          return { subject: after, changes };
        });
        for (const changes of batchesOf(units, ROUTE53_ABILITIES)) {
          const written = await providerOf(script).write(batchOf(...changes), never);
          expect(written).toEqual({ ok: true, value: null });
        }
      },
    );
    await fc.assert(property, { numRuns: 10 });
  });
});

describe("health checks", () => {
  const mark = async () => {
    const script = scripted(checksPage(""), createdCheck(checkText("h1", "r", "x")));
    await providerOf(script).write(batchOf({ kind: "create", after: checked }), never);
    return /<CallerReference>([^<]+)</.exec(script.bodies[1] ?? "")?.[1] ?? "";
  };

  test("a reference says whose it is and for which check, and is the same for a repeated batch", async () => {
    const reference = await mark();
    expect(reference).toMatch(/^tradewind-[0-9a-f]{16}-[0-9a-f]{16}-7$/);
    expect(await mark()).toBe(reference);
  });

  test("pages are read to their end", async () => {
    const script = scripted(checksPage("", "m 1"), checksPage(""), failed("AccessDenied", "no"));
    await providerOf(script).write(batchOf({ kind: "create", after: checked }), never);
    expect(script.asked.slice(0, 2)).toEqual([
      "GET route53.amazonaws.com/healthcheck?maxitems=1000",
      "GET route53.amazonaws.com/healthcheck?marker=m%201&maxitems=1000",
    ]);
  });

  test("a reference that a removed check has used up is replaced by another, at most twice", async () => {
    const used = failed("HealthCheckAlreadyExists", "already exists", 409);
    const script = scripted(checksPage(""), used, used, used);
    const written = await providerOf(script).write(
      batchOf({ kind: "create", after: checked }),
      never,
    );
    expect(kindOf(written)).toBe("rejected");
    expect(!written.ok && written.error.detail).toContain("the health check of www.shop.test A");
    const references = script.bodies
      .slice(1)
      .map((body) => /<CallerReference>([^<]+)</.exec(body)?.[1] ?? "");
    expect(references.map((each) => each.split("-").slice(3).join("-"))).toEqual([
      "7",
      "7-1",
      "7-2",
    ]);
  });

  test("a set that is to go and whose check is nowhere has changed since", async () => {
    const script = scripted(checksPage(""));
    const written = await providerOf(script).write(
      batchOf({ kind: "delete", before: checked }),
      never,
    );
    expect(written).toMatchObject({ ok: false, error: { kind: "fenced" } });
    expect(script.asked).toHaveLength(1);
  });

  test("a check made before the batch was lost is nobody's unknown write", async () => {
    const script = scripted(checksPage(""), new Error("connection reset"));
    const written = await providerOf(script).write(
      batchOf({ kind: "create", after: checked }),
      never,
    );
    expect(kindOf(written)).toBe("unreachable");
  });
});

describe("a role", () => {
  const role = { role_arn: "arn:aws:iam::1:role/dns", external_id: "e 1" };
  const keys = (id: string) =>
    xml(
      `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>${id}</AccessKeyId><SecretAccessKey>s-${CANARY}</SecretAccessKey><SessionToken>t-${CANARY}</SessionToken><Expiration>2026-11-27T18:15:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`,
    );

  test("is assumed once for many calls, and again before its credentials end", async () => {
    const script = scripted(keys("ROLE1"), page(SOA), page(SOA), keys("ROLE2"), page(SOA));
    let nowMs = 0;
    const ports = { ...hastyPorts(script.fetch), clock: { nowMs: () => nowMs } };
    const provider = providerOf(script, ports, role);
    for (const at of [0, 599_999, 600_000]) {
      nowMs = at;
      expect(kindOf(await provider.populate(never))).toBe("ok");
    }
    expect(script.asked.map((each) => each.split(" ")[1]?.split("/")[0])).toEqual([
      "sts.us-east-1.amazonaws.com",
      "route53.amazonaws.com",
      "route53.amazonaws.com",
      "sts.us-east-1.amazonaws.com",
      "route53.amazonaws.com",
    ]);
    expect(script.bodies[0]).toContain("ExternalId=e%201");
    expect(script.bodies[0]).toContain("RoleSessionName=tradewind-main");
    expect(script.headers[1]?.get("authorization")).toContain("Credential=ROLE1/");
    expect(script.headers[1]?.get("x-amz-security-token")).toBe(`t-${CANARY}`);
    expect(script.headers[4]?.get("authorization")).toContain("Credential=ROLE2/");
  });

  test("one that may not be assumed is unauthorized, and a lost STS is no lost write", async () => {
    const denied = scripted(failed("AccessDenied", "User is not authorized: sts:AssumeRole", 403));
    const write = (script: Script) =>
      providerOf(script, hastyPorts(script.fetch), role).write(batchOf(create), never);
    expect(kindOf(await write(denied))).toBe("unauthorized");
    expect(kindOf(await write(scripted(new Error("no route"))))).toBe("unreachable");
  });
});
