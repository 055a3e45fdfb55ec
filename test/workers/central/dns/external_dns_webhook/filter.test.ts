import { describe, expect, test } from "vitest";
import { readFilter } from "../../../../../workers/central/dns/external_dns_webhook/filter.ts";

const serves = (filter: Parameters<typeof readFilter>[0], name = "a.shop.test") => {
  const read = readFilter(filter);
  return read.ok ? read.value(name) : read.error;
};

describe("a webhook's domain filter", () => {
  test.each([
    [{}, true],
    [{ include: null, exclude: [] }, true],
    [{ include: ["shop.test"] }, true],
    [{ filters: ["shop.test"] }, true],
    [{ filters: ["other.test"] }, false],
    [{ include: [" shop.test. "] }, true],
    [{ include: ["SHOP.test"] }, true],
    [{ include: [".shop.test"] }, true],
    [{ include: ["other.test", "a.shop.test"] }, true],
    [{ include: ["op.test"] }, false],
    [{ include: ["b.shop.test"] }, false],
    [{ include: ["", "."] }, true],
    [{ exclude: ["other.test"] }, true],
    [{ exclude: ["a.shop.test"] }, false],
    [{ include: ["shop.test"], exclude: [".shop.test"] }, false],
  ])("%j: serves a.shop.test is %s", (filter, expected) => {
    expect(serves(filter)).toBe(expected);
  });

  test("without a dot before it, it serves the zone itself too; with one only what is below", () => {
    expect(serves({ include: ["shop.test"] }, "shop.test")).toBe(true);
    expect(serves({ include: [".shop.test"] }, "shop.test")).toBe(false);
  });

  test("a Unicode name is that of its ASCII form", () => {
    expect(serves({ include: ["bücher.test"] }, "a.xn--bcher-kva.test")).toBe(true);
  });

  test.each([{ regexInclude: "shop" }, { regexExclude: "^b" }])(
    "%j is said to be no list, and not taken for one that serves everything",
    (filter) => {
      expect(serves(filter)).toMatch(/^is a regular expression/);
    },
  );
});
