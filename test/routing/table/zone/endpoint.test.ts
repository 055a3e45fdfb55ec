import { describe, expect, test } from "vitest";
import { PROVIDERS } from "../../../../routing/dns/abilities.ts";
import { anyAddresses, publicAddresses } from "../../../../routing/table/address.ts";
import {
  ENDPOINT_RANGES,
  endpointProblem,
  formOf,
  readEndpoint,
} from "../../../../routing/table/zone/endpoint.ts";

const SECRET = "hunter2";

describe("a URL of a provider", () => {
  test.each([
    ["http://127.0.0.1:8081", "http://127.0.0.1:8081"],
    ["http://127.1:8081/", "http://127.0.0.1:8081"],
    ["HTTPS://DNS.Example:443/api//", "https://dns.example/api"],
    ["http://[::1]:8081", "http://[::1]:8081"],
  ])("%s is stored as %s, so that what was checked is what is called", (written, canonical) => {
    const read = readEndpoint("url", written);
    expect(read.ok && read.value.canonical).toBe(canonical);
    expect(readEndpoint("url", canonical)).toEqual(read);
  });

  test.each([
    ["dns.example", "is not a URL"],
    ["https://", "is not a URL"],
    ["https://dns.example/a b", "is not a URL"],
    ["ht\ntps://dns.example", "is not a URL"],
    ["file:///etc/passwd", "is neither http:// nor https://"],
    [`https://u:${SECRET}@dns.example`, "carries a user; a secret belongs into `credentials`"],
    [`https://${SECRET}@dns.example`, "carries a user; a secret belongs into `credentials`"],
    [`https://dns.example/?token=${SECRET}`, "carries a query or a fragment; remove it"],
    [`https://dns.example/#${SECRET}`, "carries a query or a fragment; remove it"],
    ["https://dns.example/?", "carries a query or a fragment; remove it"],
  ])("%j is refused and not repeated, because it %s", (written, why) => {
    const problem = endpointProblem("url", written, "/p", anyAddresses);
    expect(problem).toEqual({
      pointer: "/p",
      detail: `This ${why}: write ${ENDPOINT_RANGES.url}.`,
      range: ENDPOINT_RANGES.url,
    });
    expect(JSON.stringify(problem)).not.toContain(SECRET);
  });

  test("may be unencrypted only where the network is private", () => {
    const at = (url: string) => endpointProblem("url", url, "/p", anyAddresses);
    expect(at("http://127.0.0.1:8081")).toBeNull();
    expect(at("http://pdns.internal")).toBeNull();
    expect(at("https://dns.example")).toBeNull();
    expect(at("http://dns.example")?.detail).toContain("unencrypted");
  });

  test("is public in production, however the address is spelt", () => {
    const at = (url: string) => endpointProblem("url", url, "/p", publicAddresses);
    expect(at("https://dns.example/api")).toBeNull();
    const inside = [
      ...["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]"],
      ...["[::ffff:127.0.0.1]", "169.254.169.254", "10.0.0.1", "192.0.2.1", "[fd00::1]"],
      ...["localhost", "pdns.internal", "pdns", "127.0.0.1.nip.io", "metadata.google.internal."],
    ];
    for (const host of inside) {
      for (const scheme of ["http", "https"]) {
        expect([host, at(`${scheme}://${host}:8081`)?.range]).toEqual([host, ENDPOINT_RANGES.url]);
      }
    }
  });
});

test("only updates of RFC 2136 go to a host and a port", () => {
  expect(PROVIDERS.filter((provider) => formOf(provider) === "host_port")).toEqual(["rfc2136"]);
});

describe("where updates of RFC 2136 go", () => {
  const read = (text: string) => {
    const found = readEndpoint("host_port", text);
    return found.ok ? found.value.canonical : found.error;
  };

  test("is a host and a port", () => {
    expect(read("NS.Shop.Test.:53")).toBe("ns.shop.test:53");
    expect(read("127.1:5353")).toBe("127.0.0.1:5353");
    expect(read("[::1]:53")).toBe("[::1]:53");
    expect(read("ns.shop.test:053")).toBe("ns.shop.test:53");
  });

  test.each(["ns.shop.test", "ns.shop.test:0", "ns.shop.test:65536", "::1:53", "tcp://ns.test:53"])(
    "and not %s",
    (text) => {
      expect(read(text)).toBe("is not a host and a port");
    },
  );

  test("in production a public name", () => {
    const at = (text: string) => endpointProblem("host_port", text, "/p", publicAddresses);
    expect(at("ns.shop.example:53")).toBeNull();
    expect(at("127.0.0.1:53")?.range).toBe(ENDPOINT_RANGES.host_port);
    expect(at("[fd00::1]:53")?.range).toBe(ENDPOINT_RANGES.host_port);
    expect(at("ns.internal:53")?.range).toBe(ENDPOINT_RANGES.host_port);
  });
});
