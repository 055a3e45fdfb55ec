import { expect, test } from "vitest";
import { driftOf } from "../../../routing/dns/drift.ts";
import { setKey, setText } from "../../../routing/dns/record.ts";
import { set } from "./fixtures.ts";

const [www, api, other] = [
  set("www", "A", ["192.0.2.1"]),
  set("api", "A", ["192.0.2.1"]),
  set("api", "A", ["192.0.2.2"]),
];

test("drift is what is not as we wrote it, and what is gone; what we never wrote is none", () => {
  const written = { [setKey(www)]: setText(www), [setKey(api)]: setText(api), "x.shop.test A": "" };
  const byKey = new Map(
    [www, other, set("more", "A", ["192.0.2.3"])].map((one) => [setKey(one), one]),
  );
  expect(driftOf(byKey, written)).toEqual([
    { key: "api.shop.test A", wrote: setText(api), found: setText(other) },
    { key: "x.shop.test A", wrote: "", found: null },
  ]);
});
