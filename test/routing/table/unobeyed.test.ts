import { describe, expect, test } from "vitest";
import { type UNOBEYED, unobeyedProblems } from "../../../routing/table/unobeyed.ts";

type Kind = keyof typeof UNOBEYED;

describe("a field that is not obeyed", () => {
  test.each<[Kind, object]>([
    ["monitor", { allow_insecure: false, probe_zone: "" }],
    ["pool", { check_regions: ["ALL_REGIONS"], networks: ["cloudflare"] }],
    ["endpoint", { address: "a.example", header: { Host: ["a.example"] }, virtual_network_id: "" }],
    ["endpoint", { address: "a.example", header: { Host: [] }, flatten_cname: true }],
    ["load_balancer", { rules: [], pool_sets: [], networks: [] }],
  ])("passes in silence where it asks for nothing: %s %j", (kind, body) => {
    expect(unobeyedProblems(kind, { ...body }, "/x")).toEqual([]);
  });

  test.each<[Kind, string, unknown]>([
    ["monitor", "allow_insecure", true],
    ["pool", "check_regions", ["WEU"]],
    ["endpoint", "header", { Host: ["b.example"] }],
    ["endpoint", "header", { "X-A": ["a.example"] }],
    ["endpoint", "header", { Host: ["a.example", "b.example"] }],
    ["endpoint", "virtual_network_id", "v"],
    ["route_filter", "extensionRef", { name: "x" }],
    ["load_balancer", "pool_sets", [{}]],
    ["load_balancer", "networks", ["private"]],
  ])("is refused where it asks for something: %s.%s %j", (kind, field, value) => {
    const body = { address: "a.example", [field]: value };
    expect(unobeyedProblems(kind, body, "/x")).toMatchObject([
      {
        pointer: `/x/${field}`,
        value,
        detail: expect.stringMatching(/is not obeyed by this version \(.+\); remove it\.$/),
      },
    ]);
  });
});
