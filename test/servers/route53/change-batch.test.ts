import { describe, expect, test } from "vitest";
import { applyBatch, type R53Change } from "./change-batch.ts";
import { readRequest } from "./change-request.ts";
import { NAMESPACE, type R53Set } from "./record-set.ts";

const ZONE = "r53.test.";
const values = (...all: readonly string[]) =>
  `<ResourceRecords>${all.map((one) => `<ResourceRecord><Value>${one}</Value></ResourceRecord>`).join("")}</ResourceRecords>`;
const basic = (...all: readonly string[]) => `<TTL>60</TTL>${values(...all)}`;
const weighted = (id: string, address: string, ttl = 60) =>
  `<SetIdentifier>${id}</SetIdentifier><Weight>1</Weight><TTL>${ttl}</TTL>${values(address)}`;

const change = (action: string, name: string, type: string, rest: string) =>
  `<Change><Action>${action}</Action><ResourceRecordSet><Name>${name}</Name><Type>${type}</Type>${rest}</ResourceRecordSet></Change>`;

const request = (...changes: readonly string[]) =>
  readRequest(
    `<?xml version="1.0" encoding="UTF-8"?><ChangeResourceRecordSetsRequest xmlns="${NAMESPACE}"><ChangeBatch><Changes>${changes.join("")}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`,
  );

function set(name: string, type: string, rest: string): R53Set {
  const read = request(change("CREATE", name, type, rest));
  if (!read.ok) throw new Error(read.error.messages.join());
  const [first] = read.value;
  if (first === undefined) throw new Error("one change");
  return first.set;
}

function changesOf(...changes: readonly string[]): readonly R53Change[] {
  const read = request(...changes);
  if (!read.ok) throw new Error(read.error.messages.join());
  return read.value;
}

const APEX = [set("r53.test", "NS", basic("ns.r53.test."))];

/** The complaints about a batch over these sets; none when it is applied. */
function complaints(before: readonly R53Set[], ...changes: readonly string[]): readonly string[] {
  const after = applyBatch(ZONE, [...APEX, ...before], changesOf(...changes));
  return after.ok ? [] : after.error.messages;
}

const WWW = set("www.r53.test", "A", basic("192.0.2.1", "192.0.2.2"));
const A1 = set("w.r53.test", "A", weighted("one", "192.0.2.1"));
const A2 = set("w.r53.test", "A", weighted("two", "192.0.2.2"));

describe("a change batch", () => {
  test("is applied whole, each change meeting what those before it made", () => {
    const after = applyBatch(
      ZONE,
      [...APEX, WWW],
      changesOf(
        change("DELETE", "www.r53.test", "A", basic("192.0.2.2", "192.0.2.1")),
        change("CREATE", "WWW.r53.test.", "CNAME", basic("other.example.")),
        change("UPSERT", "*.r53.test", "TXT", basic('"one" "two"')),
      ),
    );
    expect(after.ok && after.value.map(({ name, type, values }) => [name, type, values])).toEqual([
      ["r53.test.", "NS", ["ns.r53.test."]],
      ["www.r53.test.", "CNAME", ["other.example."]],
      ["\\052.r53.test.", "TXT", ['"one" "two"']],
    ]);
  });

  test("leaves out nothing of what is wrong with it", () => {
    expect(
      complaints(
        [WWW],
        change("CREATE", "www.r53.test", "A", basic("192.0.2.3")),
        change("DELETE", "gone.r53.test", "A", basic("192.0.2.3")),
      ),
    ).toEqual([
      "Tried to create resource record set [name='www.r53.test.', type='A'] but it already exists",
      "Tried to delete resource record set [name='gone.r53.test.', type='A'] but it was not found",
    ]);
  });

  const mismatch = (rest: string) => [
    `Tried to delete resource record set [name='www.r53.test.', type='A'] but the values provided do not match the current values`,
    rest,
  ];
  test.each([
    mismatch(basic("192.0.2.1")),
    mismatch(`<TTL>61</TTL>${values("192.0.2.1", "192.0.2.2")}`),
    mismatch(`${basic("192.0.2.1", "192.0.2.2")}<HealthCheckId>h</HealthCheckId>`),
  ])("deletes only what it names in full: %s", (message, rest) => {
    expect(complaints([WWW], change("DELETE", "www.r53.test", "A", rest))).toEqual([message]);
  });

  test("deletes a set once", () => {
    const once = change("DELETE", "www.r53.test", "A", basic("192.0.2.1", "192.0.2.2"));
    expect(complaints([WWW], once, once)).toEqual([
      "Tried to delete resource record set [name='www.r53.test.', type='A'] but it was not found",
    ]);
  });

  test.each([
    [
      "a name of another zone",
      change("UPSERT", "www.other.test", "A", basic("192.0.2.1")),
      "RRSet with DNS name www.other.test. is not permitted in zone r53.test.",
    ],
    [
      "a name that only ends like the zone",
      change("UPSERT", "myr53.test", "A", basic("192.0.2.1")),
      "RRSet with DNS name myr53.test. is not permitted in zone r53.test.",
    ],
    [
      "a CNAME at the apex",
      change("UPSERT", "r53.test", "CNAME", basic("x.example")),
      "RRSet of type CNAME with DNS name r53.test. is not permitted at apex in zone r53.test.",
    ],
    [
      "a CNAME beside an address",
      change("CREATE", "www.r53.test", "CNAME", basic("x.example")),
      "RRSet of type CNAME with DNS name www.r53.test. is not permitted because a conflicting RRSet of type A with the same DNS name already exists in zone r53.test.",
    ],
    [
      "a weighted set beside a simple one",
      change("UPSERT", "www.r53.test", "A", weighted("one", "192.0.2.1")),
      "RRSet with DNS name www.r53.test., type A, SetIdentifier one cannot be created as a non-weighted set exists with the same name and type.",
    ],
    [
      "a simple set beside weighted ones",
      change("UPSERT", "w.r53.test", "A", basic("192.0.2.1")),
      "RRSet with DNS name w.r53.test., type A cannot be created as other RRSets exist with the same name and type.",
    ],
    [
      "a latency set beside weighted ones",
      change(
        "UPSERT",
        "w.r53.test",
        "A",
        `<SetIdentifier>x</SetIdentifier><Region>eu-west-1</Region>${basic("192.0.2.1")}`,
      ),
      "RRSet with DNS name w.r53.test., type A, SetIdentifier x cannot be created as a non-latency set exists with the same name and type.",
    ],
    [
      "an identifier that is taken",
      change("CREATE", "w.r53.test", "A", weighted("one", "192.0.2.9")),
      "Tried to create resource record set [name='w.r53.test.', type='A', set identifier='one'] but it already exists",
    ],
    [
      "another TTL than the group's",
      change("UPSERT", "w.r53.test", "A", weighted("one", "192.0.2.1", 30)),
      "RRSet with DNS name w.r53.test., type A cannot be created as weighted sets must contain the same TTL.",
    ],
    [
      "the zone's last NS",
      change("DELETE", "r53.test", "NS", basic("ns.r53.test.")),
      "A HostedZone must contain at least one NS record for the zone itself.",
    ],
    [
      "a value twice",
      change("UPSERT", "x.r53.test", "A", basic("192.0.2.1", "192.0.2.1")),
      "Duplicate Resource Record: '192.0.2.1'",
    ],
    [
      "an address that is none",
      change("UPSERT", "x.r53.test", "A", basic("192.0.2.256")),
      "Invalid Resource Record: 'FATAL problem: ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address) encountered with '192.0.2.256''",
    ],
    [
      "a text without quotes",
      change("UPSERT", "x.r53.test", "TXT", basic("plain")),
      "Invalid Resource Record: 'FATAL problem: InvalidCharacterString (Value should be enclosed in quotation marks) encountered with 'plain''",
    ],
    [
      "two names of a CNAME",
      change("UPSERT", "x.r53.test", "CNAME", basic("a.example", "b.example")),
      "Invalid Resource Record: a CNAME set must have one value",
    ],
  ])("refuses %s", (_title, wrong, message) => {
    expect(complaints([WWW, A1, A2], wrong)).toEqual([message]);
  });

  test("refuses a string of a text that is over 255 bytes, and takes one of 255", () => {
    const text = (bytes: number) =>
      change("UPSERT", "x.r53.test", "TXT", basic(`"${"a".repeat(bytes - 2)}\\"\\052"`));
    expect(complaints([], text(255))).toEqual([]);
    expect(complaints([], text(256))[0]).toContain("CharacterStringTooLong");
  });

  test("changes the TTL of a weighted group when it changes all of it", () => {
    const one = change("UPSERT", "w.r53.test", "A", weighted("one", "192.0.2.1", 30));
    const two = change("UPSERT", "w.r53.test", "A", weighted("two", "192.0.2.2", 30));
    expect(complaints([A1, A2], one, two)).toEqual([]);
  });

  test("refuses the hundred and first weighted set of a name", () => {
    const many = Array.from({ length: 101 }, (_, i) =>
      change("CREATE", "m.r53.test", "A", weighted(`${i}`, "192.0.2.1")),
    );
    expect(complaints([], ...many.slice(1))).toEqual([]);
    expect(complaints([], ...many)).toHaveLength(1);
  });

  test("refuses a region twice in a name", () => {
    const inRegion = (id: string) =>
      change(
        "CREATE",
        "l.r53.test",
        "A",
        `<SetIdentifier>${id}</SetIdentifier><Region>eu-west-1</Region>${basic("192.0.2.1")}`,
      );
    expect(complaints([], inRegion("one"), inRegion("two"))).toEqual([
      "RRSet with DNS name l.r53.test., type A cannot be created as two sets have the same region, location or failover.",
    ]);
  });
});

describe("the form of a request", () => {
  const formOf = (rest: string) => {
    const read = request(change("UPSERT", "x.r53.test", "A", rest));
    return read.ok ? null : read.error;
  };

  test.each([
    ["an element that the API has not", "<Weigth>1</Weigth>", "unexpected element 'Weigth'"],
    ["an element twice", `<TTL>60</TTL>${basic("192.0.2.1")}`, "unexpected element 'TTL'"],
    [
      "a weight over 255",
      `<SetIdentifier>x</SetIdentifier><Weight>256</Weight>${basic("192.0.2.1")}`,
      "Weight '256' must be a whole number from 0 to 255",
    ],
    ["a TTL that is no number", `<TTL>-1</TTL>${values("192.0.2.1")}`, "TTL '-1'"],
    [
      "an identifier of 129 characters",
      `<SetIdentifier>${"x".repeat(129)}</SetIdentifier><Weight>1</Weight>${basic("192.0.2.1")}`,
      "SetIdentifier must have 1 to 128",
    ],
    [
      "values without a TTL",
      values("192.0.2.1"),
      "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId], but found none",
    ],
    [
      "a weight without an identifier",
      `<Weight>1</Weight>${basic("192.0.2.1")}`,
      "Missing field 'SetIdentifier'",
    ],
    [
      "an identifier without a policy",
      `<SetIdentifier>x</SetIdentifier>${basic("192.0.2.1")}`,
      "but found none",
    ],
    [
      "two policies",
      `<SetIdentifier>x</SetIdentifier><Weight>1</Weight><Region>eu-west-1</Region>${basic("192.0.2.1")}`,
      "but found Weight and Region",
    ],
  ])("refuses %s", (_title, rest, message) => {
    const refused = formOf(rest);
    expect(refused?.code).toBe("InvalidInput");
    expect(refused?.messages.join()).toContain(message);
  });

  test.each([
    ["what is no XML", "not xml"],
    ["an element that is not closed", "<a><b></a>"],
    ["another root", `<Other xmlns="${NAMESPACE}"/>`],
    [
      "no namespace",
      "<ChangeResourceRecordSetsRequest><ChangeBatch><Changes/></ChangeBatch></ChangeResourceRecordSetsRequest>",
    ],
    [
      "no changes",
      `<ChangeResourceRecordSetsRequest xmlns="${NAMESPACE}"><ChangeBatch><Changes/></ChangeBatch></ChangeResourceRecordSetsRequest>`,
    ],
  ])("refuses %s", (_title, body) => {
    const read = readRequest(body);
    expect(read.ok ? null : read.error.code).toBe("InvalidInput");
  });
});
