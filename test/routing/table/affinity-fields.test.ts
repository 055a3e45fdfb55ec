import { describe, expect, test } from "vitest";
import { affinityFields, headerItem } from "../../../routing/table/affinity-fields.ts";
import { toDocument } from "../../../routing/table/document.ts";
import { tableOf } from "./fixtures.ts";
import { wholeAttributes } from "./whole-routes.ts";

const documentOf = (fields: object, overrides: object = {}) => ({
  pools: { a: { origins: [{ name: "a1", address: "a.example.net" }] } },
  load_balancers: {
    "a.example": { default_pools: ["a"], fallback_pool: "a", rules: [{ overrides }], ...fields },
  },
});

test("what is absent stays absent, so that a rule overrides field by field", () => {
  expect(affinityFields({})).toEqual({});
  const table = tableOf(
    documentOf({ session_affinity: "cookie" }, { session_affinity_ttl: 1_800 }),
  );
  const [balancer] = table.load_balancers;
  expect(balancer).not.toHaveProperty("session_affinity_ttl");
  expect(balancer?.rules[0]?.overrides).toEqual({ session_affinity_ttl: 1_800 });
});

test("the vendor's other word for none is none", () => {
  expect(affinityFields({ session_affinity: "" })).toEqual({ session_affinity: "none" });
});

test("attributes have the vendor's defaults, but for the failover, which is ours when absent", () => {
  const table = tableOf(documentOf({ session_affinity_attributes: {} }));
  expect(table.load_balancers[0]?.session_affinity_attributes).toEqual({
    samesite: "Auto",
    secure: "Auto",
    drain_duration: 0,
    headers: [],
    require_all_headers: false,
  });
});

test("names of headers lose their case, those of cookies keep it", () => {
  expect(["X-User", "cookie:Sid,b", "COOKIE"].map(headerItem)).toEqual([
    "x-user",
    "cookie:Sid,b",
    "cookie",
  ]);
});

describe("an operator reads what was written", () => {
  const fields = {
    session_affinity: "cookie",
    session_affinity_ttl: 7_200,
    session_affinity_attributes: { ...wholeAttributes(), headers: ["x-user"] },
  };

  test("of the load balancer and of its rules", () => {
    expect(toDocument(tableOf(documentOf(fields, fields)))).toMatchObject({
      load_balancers: { "a.example": { ...fields, rules: [{ overrides: fields }] } },
    });
  });
});
