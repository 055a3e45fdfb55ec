import { expect, test } from "vitest";
import { recordNameIn, recordsOf } from "../../../../routing/table/zone/records.ts";

test.each([
  ["@", "shop.test"],
  ["shop.test", "shop.test"],
  ["WWW.Shop.Test.", "www.shop.test"],
  ["*.shop.test", "*.shop.test"],
  ["_sip._tcp.shop.test", "_sip._tcp.shop.test"],
  ["www", null],
  ["www.bshop.test", null],
  ["test", null],
  ["a..shop.test", null],
  ["", null],
])("%j names %j in shop.test", (written, name) => {
  expect(recordNameIn("shop.test", written)).toBe(name);
});

test("records are read as far as they can be, each value where it stands", () => {
  const mail = { name: "@", type: "MX" as const, values: ["10 A.test.", "a"] };
  const fields = { records: [mail, { name: "www", values: ["a"] }, {}] };
  const [mx, untyped, empty] = recordsOf({ pointer: "/zones/z", fields }, "shop.test");
  expect(mx).toMatchObject({ pointer: "/zones/z/records/0", name: "shop.test", type: "MX" });
  expect(mx?.values).toEqual([
    {
      pointer: "/zones/z/records/0/values/0",
      written: "10 A.test.",
      read: { ok: true, value: "10 a.test" },
    },
    {
      pointer: "/zones/z/records/0/values/1",
      written: "a",
      read: {
        ok: false,
        error: "is not a preference of 0..65535 and a name, such as 10 mail.shop.test",
      },
    },
  ]);
  expect(untyped).toMatchObject({ name: null, type: undefined, values: [{ read: null }] });
  expect(empty).toMatchObject({ name: null, type: undefined, values: [] });
});
