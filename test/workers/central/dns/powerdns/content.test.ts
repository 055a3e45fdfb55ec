import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  contentOf,
  dotted,
  undotted,
  valueIn,
} from "../../../../../workers/central/dns/powerdns/content.ts";
import { values } from "../rfc2136/arbitraries.ts";

describe("content of PowerDNS's API", () => {
  test.each(Object.entries(values))("any %s comes back from its content", (type, arbitrary) => {
    fc.assert(
      fc.property(arbitrary, (value) => {
        const content = contentOf(type, value);
        expect(valueIn(type, content)).toBe(value);
        expect(content).toMatch(/^[ -~]+$/);
      }),
      { numRuns: 300 },
    );
  });

  test.each([
    ["A", "192.0.2.1", "192.0.2.1"],
    ["CNAME", "a.test", "a.test."],
    ["MX", "0 .", "0 ."],
    ["MX", "10 a.test", "10 a.test."],
    ["SRV", "1 2 3 a.test", "1 2 3 a.test."],
    ["TXT", "", '""'],
    ["TXT", 'a "b"', '"a \\"b\\""'],
    ["CAA", '0 issue "ca.test"', '0 issue "ca.test"'],
    ["HTTPS", "1 .", "1 ."],
    [
      "HTTPS",
      '1 a.test alpn="h2,h3" port="443" ech="AAAA" key999="x"',
      '1 a.test. alpn=h2,h3 port=443 ech="AAAA" key999="x"',
    ],
    [
      "SVCB",
      '1 . alpn="h2" no-default-alpn ipv4hint="192.0.2.1"',
      "1 . alpn=h2 no-default-alpn ipv4hint=192.0.2.1",
    ],
  ])("%s %s is %s there", (type, value, content) => {
    expect(contentOf(type, value)).toBe(content);
  });

  test("what cannot be read is given as the server has it", () => {
    expect(valueIn("TXT", '"never ends')).toBe('"never ends');
    expect(valueIn("LOC", "52 22 N")).toBe("52 22 N");
    expect(valueIn("NS", "Ns1.Test.")).toBe("ns1.test");
  });

  test("names have a last dot there and none here", () => {
    expect([dotted("a.test"), dotted("."), undotted("A.Test."), undotted(".")]).toEqual([
      "a.test.",
      ".",
      "a.test",
      ".",
    ]);
  });
});
