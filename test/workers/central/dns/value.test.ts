import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { RECORD_TYPES } from "../../../../routing/dns/record.ts";
import {
  bareName,
  caaText,
  compressed,
  listedValue,
  readCaa,
  readMx,
  readService,
  readSrv,
} from "../../../../workers/central/dns/value.ts";
import { VALUES } from "./samples.ts";

describe("parts of a value", () => {
  test("are read from values of their form only", () => {
    expect(readMx("10 mail.test")).toEqual({ priority: 10, target: "mail.test" });
    expect(readMx("mail.test")).toBeNull();
    expect(readSrv("1 2 3 a.test")).toEqual({ priority: 1, weight: 2, port: 3, target: "a.test" });
    expect(readSrv("1 2 a.test")).toBeNull();
    expect(readCaa('0 issue "a\\"b; c"')).toEqual({ flags: 0, tag: "issue", value: 'a"b; c' });
    expect(readCaa("0 issue ca.test")).toBeNull();
    expect(readService("1 .")).toEqual({ priority: 1, target: ".", parameters: "" });
    expect(readService(". alpn=h2")).toBeNull();
  });

  test("a CAA of any value comes back as it was", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const text = caaText({ flags: 0, tag: "issue", value });
        expect(readCaa(text)?.value ?? value).toBe(value);
      }),
    );
  });

  test("names lose their case and last dot, addresses their zeros, and neither what it is not", () => {
    expect([bareName("A.Test."), bareName(".")]).toEqual(["a.test", "."]);
    expect(compressed("2001:DB8:0:0:0:0:0:1")).toBe("2001:db8::1");
    expect(compressed("no address")).toBe("no address");
  });
});

describe("a listed value", () => {
  test.each([
    ["AAAA", "2001:DB8:0:0:0:0:0:1", "2001:db8::1"],
    ["HTTPS", "1 . port=8443 alpn=h2,h3", '1 . alpn="h2,h3" port="8443"'],
    ["CAA", "0 ISSUE ca.test", '0 issue "ca.test"'],
    ["A", "no address", "no address"],
    ["TXT", "As It Is", "As It Is"],
    ["NAPTR", "As It. Is.", "As It. Is."],
  ])("%s %s is told as %s", (type, text, value) => {
    expect(listedValue(type, text)).toBe(value);
  });

  test.each(RECORD_TYPES)("%s that is canonical stays as it is", (type) => {
    fc.assert(
      fc.property(VALUES[type], (value) => {
        expect(listedValue(type, value)).toBe(value);
      }),
    );
  });
});
