import type { ResourceRecordSet } from "@aws-sdk/client-route-53";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type Check,
  checksOf,
  checkText,
  type Policy,
  type RecordSet,
} from "../../../../../routing/dns/record.ts";
import {
  checkOf,
  configOf,
  whyNotCheck,
} from "../../../../../workers/central/dns/route53/checks.ts";
import { readSets, wireOf } from "../../../../../workers/central/dns/route53/sets.ts";
import { POLICIES } from "../contract.ts";

const address = fc.ipV4();
const values = fc
  .uniqueArray(address, { minLength: 1, maxLength: 4 })
  .map((each) => each.toSorted());
const check: fc.Arbitrary<Check> = fc
  .record({
    protocol: fc.constantFrom("http", "https", "tcp"),
    target: fc.oneof(address, fc.domain()),
    host: fc.option(fc.domain(), { nil: undefined }),
    port: fc.integer({ min: 1, max: 65_535 }),
    path: fc.option(fc.webPath({ size: "small" }), { nil: undefined }),
    interval: fc.constantFrom(10, 30),
    failures: fc.integer({ min: 1, max: 10 }),
  })
  .map(
    ({ host, path, ...rest }): Check => ({
      ...rest,
      ...(host === undefined || rest.target.match(/[a-z]/) ? {} : { host }),
      ...(path === undefined || path === "" || rest.protocol === "tcp" ? {} : { path }),
    }),
  );
const members = <T extends object>(extra: fc.Arbitrary<T>) =>
  fc.uniqueArray(
    fc
      .tuple(
        fc.record({
          id: fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/),
          values,
          check: fc.option(check, { nil: undefined }),
        }),
        extra,
      )
      .map(([{ check: asked, ...member }, more]) => ({
        ...member,
        ...(asked === undefined ? {} : { check: asked }),
        ...more,
      })),
    { selector: ({ id }) => id, minLength: 2, maxLength: 5 },
  );
const policy: fc.Arbitrary<Policy> = fc.oneof(
  members(fc.constant({})).map(([primary, second]): Policy => {
    const { check: _, ...secondary } = second ?? { id: "b", values: [] };
    return { kind: "failover", primary: primary ?? secondary, secondary };
  }),
  members(fc.record({ weight: fc.integer({ min: 0, max: 255 }) })).map(
    (each): Policy => ({ kind: "weighted", members: each }),
  ),
  members(fc.record({ place: fc.constantFrom("eu-west-1", "us-east-1") })).map(
    (each): Policy => ({ kind: "latency", members: each }),
  ),
  members(fc.record({ place: fc.constantFrom("continent/EU", "country/DE") })).map(
    (each): Policy => ({
      kind: "geo",
      members: each.map((member, at) => (at === 0 ? { ...member, place: "*" } : member)),
    }),
  ),
);

const set = (more: Partial<RecordSet>): RecordSet => ({
  name: "www.shop.test",
  type: "A",
  ttl: 60,
  values: [],
  ...more,
});

describe("checks", () => {
  test("every check that can be sent comes back", () => {
    fc.assert(
      fc.property(check, (asked) => {
        expect(whyNotCheck(asked, "www.shop.test")).toBe(null);
        const back = checkOf(configOf(asked));
        expect(back && checkText(back)).toBe(checkText(asked));
      }),
    );
  });

  const https: Check = {
    protocol: "https",
    target: "edge.example.net",
    port: 443,
    interval: 30,
    failures: 3,
  };
  test("a check by name asks that name, one by address sends its host as the name", () => {
    expect(configOf({ ...https, path: "/.tw/healthz" })).toEqual({
      Type: "HTTPS",
      FullyQualifiedDomainName: "edge.example.net",
      Port: 443,
      ResourcePath: "/.tw/healthz",
      RequestInterval: 30,
      FailureThreshold: 3,
      EnableSNI: true,
    });
    expect(configOf({ ...https, protocol: "http", target: "192.0.2.1", host: "a.test" })).toEqual({
      Type: "HTTP",
      IPAddress: "192.0.2.1",
      FullyQualifiedDomainName: "a.test",
      Port: 443,
      RequestInterval: 30,
      FailureThreshold: 3,
    });
  });

  test.each([
    [{ host: "other.example.net" }, "asks edge.example.net for other.example.net"],
    [{ target: "192.0.2.1", host: "192.0.2.2" }, "asks 192.0.2.1 for 192.0.2.2"],
    [{ target: "www.shop.test" }, "the name that it decides about"],
    [{ path: `/${"x".repeat(300)}` }, "has a path of 301 characters"],
  ])("what Route 53 cannot ask is refused: %j", (more, why) => {
    expect(whyNotCheck({ ...https, ...more }, "www.shop.test")).toContain(why);
  });

  test.each([
    { Type: "CALCULATED" as const },
    { Type: "HTTP_STR_MATCH" as const, FullyQualifiedDomainName: "a.test", SearchString: "ok" },
    { Type: "HTTP" as const },
    { Type: "TCP" as const, FullyQualifiedDomainName: "a.test" },
    { Type: "HTTP" as const, FullyQualifiedDomainName: "a.test", Inverted: true },
    { Type: "HTTP" as const, FullyQualifiedDomainName: "a.test", Disabled: true },
    { Type: "HTTPS" as const, FullyQualifiedDomainName: "a.test", EnableSNI: false },
  ])("what a check of ours cannot say is none: %j", (config) => {
    expect(checkOf(config)).toBe(null);
  });

  test("what the vendor leaves out is its default", () => {
    expect(checkOf({ Type: "HTTPS", FullyQualifiedDomainName: "A.test." })).toEqual({
      ...https,
      target: "a.test",
    });
  });
});

describe("record sets", () => {
  test("every set comes back, whatever its policy", () => {
    fc.assert(
      fc.property(fc.oneof(values, policy), fc.integer({ min: 0, max: 86_400 }), (content, ttl) => {
        const wanted = Array.isArray(content)
          ? set({ ttl, values: content })
          : set({ ttl, policy: content as Policy });
        const ids = new Map(checksOf(wanted).map((each) => [checkText(each), each]));
        const wire = wireOf(wanted, checkText);
        const [read, ...others] = readSets(wire, ids);
        expect(others).toEqual([]);
        // With the ids of its members, which are no content.
        expect(read?.set).toEqual(wanted);
        expect(read?.wire).toEqual(wire);
      }),
    );
  });

  test("a policy is one set of Route 53's per member", () => {
    const wire = wireOf(set({ policy: POLICIES.failover }), () => "health-check");
    expect(wire).toEqual([
      {
        Name: "www.shop.test.",
        Type: "A",
        TTL: 60,
        ResourceRecords: [{ Value: "192.0.2.10" }],
        SetIdentifier: "edge",
        HealthCheckId: "health-check",
        Failover: "PRIMARY",
      },
      {
        Name: "www.shop.test.",
        Type: "A",
        TTL: 60,
        ResourceRecords: [{ Value: "192.0.2.20" }, { Value: "192.0.2.21" }],
        SetIdentifier: "direct",
        Failover: "SECONDARY",
      },
    ]);
    const geo = wireOf(set({ policy: POLICIES.geo }), () => "");
    expect(geo.map(({ GeoLocation }) => GeoLocation)).toEqual([
      { CountryCode: "*" },
      { ContinentCode: "EU" },
      { CountryCode: "DE" },
    ]);
  });

  const base: ResourceRecordSet = {
    Name: "www.shop.test.",
    Type: "A",
    TTL: 60,
    ResourceRecords: [{ Value: "192.0.2.1" }],
  };
  const foreign: readonly (readonly [string, readonly ResourceRecordSet[]])[] = [
    [
      "alias",
      [
        {
          Name: "www.shop.test.",
          Type: "A",
          AliasTarget: { HostedZoneId: "Z1", DNSName: "elb.test.", EvaluateTargetHealth: false },
        },
      ],
    ],
    ["multivalue", [{ ...base, SetIdentifier: "a", MultiValueAnswer: true }]],
    [
      "geoproximity",
      [{ ...base, SetIdentifier: "a", GeoProximityLocation: { AWSRegion: "eu-west-1" } }],
    ],
    [
      "CIDR",
      [
        {
          ...base,
          SetIdentifier: "a",
          CidrRoutingConfig: { CollectionId: "c", LocationName: "*" },
        },
      ],
    ],
    ["traffic policy", [{ Name: base.Name, Type: "A", TTL: 60, TrafficPolicyInstanceId: "t" }]],
    ["a check on a plain set", [{ ...base, HealthCheckId: "known" }]],
    [
      "a check of another kind",
      [{ ...base, SetIdentifier: "a", Weight: 1, HealthCheckId: "other" }],
    ],
    ["an id with blanks", [{ ...base, SetIdentifier: "Seattle data center", Weight: 1 }]],
    ["half of a failover", [{ ...base, SetIdentifier: "a", Failover: "PRIMARY" }]],
    [
      "a secondary with a check",
      [
        { ...base, SetIdentifier: "a", Failover: "PRIMARY", HealthCheckId: "known" },
        { ...base, SetIdentifier: "b", Failover: "SECONDARY", HealthCheckId: "known" },
      ],
    ],
    [
      "geolocation without a default",
      [{ ...base, SetIdentifier: "a", GeoLocation: { CountryCode: "DE" } }],
    ],
    [
      "a state",
      [
        { ...base, SetIdentifier: "a", GeoLocation: { CountryCode: "*" } },
        { ...base, SetIdentifier: "b", GeoLocation: { CountryCode: "US", SubdivisionCode: "OR" } },
      ],
    ],
    [
      "members of different TTL",
      [
        { ...base, SetIdentifier: "a", Region: "eu-west-1" },
        { ...base, SetIdentifier: "b", Region: "us-east-1", TTL: 300 },
      ],
    ],
  ];
  const checks = new Map([
    [
      "known",
      { protocol: "tcp", target: "192.0.2.1", port: 1, interval: 10, failures: 1 } as const,
    ],
  ]);
  test.each(foreign)("%s is listed as opaque", (_, wire) => {
    const [read] = readSets(wire, checks);
    expect(read?.set).toMatchObject({ name: "www.shop.test", type: "A", values: [] });
    expect(read?.set.policy?.kind).toBe("opaque");
  });

  test("an opaque text is the same in any order of members and fields, and another with other content", () => {
    const text = (wire: readonly ResourceRecordSet[]) => {
      const [read] = readSets(wire, new Map());
      return read?.set.policy?.kind === "opaque" ? read.set.policy.text : "";
    };
    const a = { ...base, SetIdentifier: "a", MultiValueAnswer: true };
    const b = { MultiValueAnswer: true, SetIdentifier: "b", ...base };
    expect(text([a, b])).toBe(text([{ ...b }, { ...a }]));
    expect(text([a, b])).not.toBe(text([a, { ...b, TTL: 61 }]));
  });

  test("other types are listed as they are, and SOA is not", () => {
    const ns = { ...base, Type: "NS" as const, ResourceRecords: [{ Value: "ns-1.awsdns-1.org." }] };
    expect(readSets([ns, { ...base, Type: "SOA" }], new Map()).map((each) => each.set)).toEqual([
      { name: "www.shop.test", type: "NS", ttl: 60, values: ["ns-1.awsdns-1.org."] },
    ]);
  });
});
