import { describe, expect, test } from "vitest";
import { closeRules } from "../../../routing/explain/close.ts";
import { courseOf } from "../../../routing/match/dispatch.ts";
import type { Site } from "../../../routing/match/site.ts";
import { seededRng } from "../../../routing/rng.ts";
import { UNKNOWN } from "../../../routing/steer/knowledge.ts";
import { exact, factsOf, named, prefix, routeOf } from "../match/routes.ts";
import { routedSite } from "./world.ts";

const told = (sites: readonly Site[], line: string) => {
  const facts = factsOf(line);
  const { taken } = courseOf(sites, facts, () => UNKNOWN, 0, seededRng(1));
  return closeRules(sites, facts, taken).map(({ hostname, name, lacks, loses }) => [
    hostname,
    name,
    lacks ?? loses,
  ]);
};

describe("rules that came close", () => {
  test("are told over every hostname: what lacked before, what lost after", () => {
    const sites = [
      routedSite("www.example", routeOf("picky", [{ headers: [named("x-beta")] }])),
      routedSite("*.example", routeOf("won", [prefix("/a")]), routeOf("short")),
      routedSite(
        "*",
        routeOf("fits"),
        routeOf("posts", [{ ...exact("/a"), method: "POST" }]),
        routeOf("young", [{}], { createdAtMs: 9 }),
      ),
    ];
    expect(told(sites, "/a")).toEqual([
      ["www.example", "picky", "header x-beta"],
      ["*.example", "short", "path-length"],
      ["*", "fits", "hostname"],
      ["*", "posts", "method"],
      ["*", "young", "hostname"],
    ]);
  });

  test("of a request that nothing takes lack something, all of them", () => {
    const sites = [
      routedSite("www.example", routeOf("q", [{ query: [named("v")] }])),
      routedSite("*"),
    ];
    expect(told(sites, "/")).toEqual([["www.example", "q", "query v"]]);
  });

  test("are 20 at most over all hostnames together", () => {
    const many = () =>
      Array.from({ length: 15 }, (_, at) => routeOf(`r${at}`, [{ headers: [named(`x${at}`)] }]));
    const sites = [routedSite("www.example", ...many()), routedSite("*", ...many())];
    expect(told(sites, "/")).toHaveLength(20);
  });
});
