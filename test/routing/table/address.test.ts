import { describe, expect, test } from "vitest";
import {
  anyAddresses,
  isNameable,
  publicAddresses,
  readAddress,
  whyNotEverybody,
} from "../../../routing/table/address.ts";

/** Every spelling with the words that must stand in the answer. */
const REFUSED: readonly (readonly [string, readonly string[]])[] = [
  [
    "a loopback address",
    [
      ...[
        "127.0.0.1",
        "127.0.0.1.",
        "127.1",
        "127.0.1",
        "127.255.255.254",
        "2130706433",
        "0x7f000001",
      ],
      ...[
        "0x7f.1",
        "0x7f.0x0.0x0.0x1",
        "0177.0.0.1",
        "017700000001",
        "0x7F.0.0.1",
        "00000177.0.0.1",
      ],
      ...[
        "http://127.0.0.1",
        "HTTPS://127.0.0.1",
        "::1",
        "[::1]",
        "0:0:0:0:0:0:0:1",
        "http://[::1]",
      ],
      ...[
        "::ffff:127.0.0.1",
        "[::ffff:7f00:1]",
        "::127.0.0.1",
        "64:ff9b::127.0.0.1",
        "2002:7f00:1::",
      ],
    ],
  ],
  ["an address of this machine", ["0.0.0.0", "0", "0x0", "::", "[::]", "::ffff:0.0.0.0"]],
  [
    "RFC 1918",
    [
      ...[
        "10.0.0.1",
        "10.1",
        "012.0.0.1",
        "167772161",
        "172.16.0.1",
        "172.31.255.255",
        "0xac100001",
      ],
      ...[
        "192.168.0.1",
        "192.168.1",
        "0xc0a80001",
        "::ffff:10.0.0.1",
        "64:ff9b::a00:1",
        "2002:a00:1::1",
      ],
    ],
  ],
  ["RFC 6598", ["100.64.0.1", "100.127.255.255", "0x64.0x40.0.1"]],
  [
    "link-local",
    [
      "169.254.169.254",
      "2852039166",
      "0xa9fea9fe",
      "::ffff:169.254.169.254",
      "fe80::1",
      "[febf::1]",
    ],
  ],
  ["RFC 4193", ["fc00::1", "fd12:3456:789a::1", "[fd00:ec2::254]"]],
  ["multicast", ["224.0.0.1", "239.255.255.250", "ff02::1"]],
  ["RFC 1112", ["255.255.255.255", "240.0.0.1"]],
  ["for documentation", ["192.0.2.1", "198.51.100.1", "203.0.113.7", "2001:db8::1", "3fff::1"]],
  ["IPv4-mapped", ["::ffff:8.8.8.8", "[::ffff:808:808]"]],
  [
    "Cloudflare's own network",
    ["1.1.1.1", "104.16.0.1", "0x68100001", "2606:4700::1111", "[2a06:98c7::1]"],
  ],
  ["bare IP address", ["8.8.8.8", "8.8.2056", "134744072", "2620:fe::9", "[2620:fe::9]"]],
  ['"localhost"', ["localhost", "LOCALHOST", "localhost.", "a.localhost", "http://localhost"]],
  ['"internal"', ["metadata.google.internal", "db.internal.", "internal"]],
  ['"local"', ["printer.local", "LOCAL"]],
  ['"home.arpa"', ["nas.home.arpa"]],
  ["no dot", ["intranethost", "metadata"]],
  ["hides an IP address", ["127.0.0.1.nip.io", "10-0-0-1.sslip.io", "app.localtest.me", "lvh.me"]],
  [
    "not an IPv4 address",
    ["１２７.0.0.1", "256.256.256.256", "1.2.3.4.5", "0x7g.1.0x1", "127.0.0.09", "1..1"],
  ],
  ["not an IPv6 address", ["fe80::1%eth0", "[::1", "1::2::3", "[::1]:80", "::ffff:1.2.3.4.5"]],
  ["carries a port", ["a.example.com:80", "127.0.0.1:8080", "http://a.example.com:8080"]],
  [
    "carries a path",
    ["http://a.example.com/", "a.example.com/x", "a.example.com?x", "a.example.com#x", "a\\b"],
  ],
  ["carries a user name", ["http://a.example.com@127.0.0.1", "user:pass@a.example.com"]],
  ["scheme other than", ["ftp://a.example.com", "file://x", "http://http://a.example.com"]],
  [
    "not a hostname",
    [
      ...[
        "",
        " ",
        "a b",
        "１２７.example",
        "localhost。",
        "127。0。0。1x",
        "bücher.example",
        "%6cocalhost",
        "a..b.example",
      ],
      ...[
        "-a.example",
        "a-.example",
        "a_b.example",
        ".example",
        "*.example",
        `${"a".repeat(64)}.example`,
        "a\u0000.example",
      ],
    ],
  ],
];

const spellings = REFUSED.flatMap(([words, list]) =>
  list.map((address) => [address, words] as const),
);

describe("in production", () => {
  test("at least sixty spellings are known", () => {
    expect(spellings.length).toBeGreaterThanOrEqual(60);
  });

  test.each(spellings)("%j is refused: %s", (address, words) => {
    const problem = publicAddresses(address, "/pools/a/origins/0/address");
    expect(problem).toMatchObject({ pointer: "/pools/a/origins/0/address", value: address });
    expect(problem?.detail).toContain(words);
  });

  test("the refusal of an address or a private name says what to do", () => {
    for (const address of ["127.0.0.1", "localhost", "10.0.0.1", "db.internal"]) {
      expect(publicAddresses(address, "")?.detail).toContain(
        "publish the endpoint under a public DNS name",
      );
    }
    expect(publicAddresses("9.9.9.9", "")?.detail).toContain("Create a DNS-only A or AAAA record");
    expect(publicAddresses("104.16.0.1", "")?.detail).toContain("write the hostname");
  });

  test.each([
    ...[
      "origin.example.com",
      "A.Example.COM.",
      "https://origin.example.com",
      "http://xn--bcher-kva.example",
    ],
    ...[
      "1and1.example.com",
      "172.example.com",
      "0x7f.example.com",
      "localhost.example.com",
      "nip.io.example.com",
    ],
    ...["internal.example.com", `${"a".repeat(63)}.example`],
  ])("%s is a public name", (address) => {
    expect(publicAddresses(address, "")).toBeNull();
  });
});

describe("on the local planet", () => {
  test.each([["127.0.0.1"], ["localhost"], ["::1"], ["10.0.0.1"], ["db"], ["a.example.com"]])(
    "%s is allowed",
    (address) => {
      expect(anyAddresses(address, "")).toBeNull();
    },
  );

  test.each([["a b"], [""], ["a.example:80"], ["256.1.1.1"], ["[::1"]])(
    "%j is still no host",
    (address) => {
      expect(anyAddresses(address, "/a")).toMatchObject({ pointer: "/a", value: address });
    },
  );
});

describe("an address that was read", () => {
  test.each([
    ["HTTP://A.Example.", { scheme: "http", host: "a.example", kind: "name" }],
    ["https://127.1", { scheme: "https", host: "127.0.0.1", kind: "ipv4" }],
    ["0:0::1", { scheme: null, host: "[::1]", kind: "ipv6" }],
  ])("%s stands in a URL as it is", (text, value) => {
    expect(readAddress(text)).toEqual({ ok: true, value });
  });

  test("a long one is cut in the answer", () => {
    expect(anyAddresses("a ".repeat(1_000), "")?.detail.length).toBeLessThan(400);
  });
});

test.each([
  ["a.example.com", null],
  ["9.9.9.9", null],
  ["104.16.0.1", null],
  ["2620:fe::9", null],
  ["203.0.113.1", "is an address for documentation (RFC 5737)."],
  ["10.1", "is a private address (RFC 1918)."],
  ["::1", "is a loopback address (RFC 4291)."],
  ["db.internal", 'ends in "internal", which is a private name.'],
])("whether everybody reaches %s is told apart from whether the edge does", (address, why) => {
  const read = readAddress(address);
  expect(read.ok ? whyNotEverybody(read.value) : "").toBe(why);
});

test.each([
  ["9.9.9.9", true],
  ["0x09.9.9.9", true],
  ["[2620:fe::9]", true],
  ["104.16.0.1", false],
  ["203.0.113.1", false],
  ["10.1", false],
  ["a.example.com", false],
])("whether a name of %s could be fetched: %s", (address, isSo) => {
  const read = readAddress(address);
  expect(read.ok && isNameable(read.value)).toBe(isSo);
});
