import { describe, expect, test } from "vitest";
import { filtersOf } from "../../../routing/explain/filters.ts";
import { type Forward, forwardTo } from "../../../routing/match/action.ts";
import { shardOf } from "../steer/world.ts";
import { EU } from "./world.ts";

const balanced = shardOf([EU]);
const forward = (more: Partial<Forward> = {}): Forward => ({ ...forwardTo(balanced), ...more });

describe("filters in force", () => {
  test("of a request that no rule took are none", () => {
    expect(filtersOf(forward())).toEqual({
      path: null,
      hostname: null,
      request_headers: [],
      response_headers: [],
      cors: false,
      mirrors: [],
      request_ms: "default",
      try_ms: "default",
      tries_max: 3,
    });
  });

  test("are told in the order in which they are applied", () => {
    const first = {
      set: [{ name: "a", value: "1" }],
      add: [{ name: "b", value: "2" }],
      remove: ["c"],
    };
    const second = { set: [{ name: "d", value: "3" }], add: [], remove: [] };
    const { request_headers } = filtersOf(forward({ requestHeaders: [first, second] }));
    expect(request_headers.map((change) => Object.values(change))).toEqual([
      ["set", "a", "1"],
      ["add", "b", "2"],
      ["remove", "c", null],
      ["set", "d", "3"],
    ]);
  });

  test("name mirrors, and a limit that is none as a word, because JSON has no infinity", () => {
    const terms = { ...forward().terms, requestMs: Number.POSITIVE_INFINITY, tryMs: 250 };
    const told = filtersOf(forward({ terms, mirrors: [{ balanced, ratio: 0.5 }], path: "/x" }));
    expect(JSON.parse(JSON.stringify(told))).toMatchObject({
      path: "/x",
      mirrors: [{ kind: "LoadBalancer", name: "www.example", ratio: 0.5 }],
      request_ms: "none",
      try_ms: 250,
    });
  });

  test("are bounded in number and length", () => {
    const set = Array.from({ length: 80 }, (_, at) => ({
      name: `x${at}`,
      value: "v".repeat(4_000),
    }));
    const told = filtersOf(forward({ responseHeaders: [{ set, add: [], remove: [] }] }));
    expect(told.response_headers).toHaveLength(32);
    expect(told.response_headers[0]?.value).toHaveLength(201);
  });
});
