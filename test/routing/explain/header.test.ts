import { describe, expect, test } from "vitest";
import { HEADER_CHARACTERS_MAX, headerText, type Told } from "../../../routing/explain/header.ts";
import { courseOf } from "../../../routing/match/dispatch.ts";
import { seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { exact, factsOf, routeOf, ruleOf, toPool } from "../match/routes.ts";
import { asker, NOW, pool, shardOf } from "../steer/world.ts";
import { balancedSite, HOST, rule } from "./world.ts";

const attempt = {
  pool: "eu",
  endpoint: "eu1",
  why: "sound",
  outcome: "success",
  status: 200,
  ms: 12,
} as const;
const told = (more: Partial<Told> = {}): Told => ({
  version: 7 as TableVersion,
  colo: "FRA",
  host: HOST,
  status: 200,
  course: null,
  trace: null,
  attempts: [attempt],
  ...more,
});
const course = (...[routes, more]: Parameters<typeof balancedSite>) =>
  courseOf([balancedSite(routes, more)], factsOf("/a"), () => UNKNOWN, 0, seededRng(1));

describe("the header of a holder of a ticket", () => {
  test("tells what decided and how each try ended", () => {
    const routes = [routeOf("r", [ruleOf([exact("/a")], { backends: [toPool("eu")] })])];
    const failed = { ...attempt, endpoint: "eu2", outcome: "failure", status: null } as const;
    const text = headerText(told({ course: course(routes), attempts: [failed, attempt] }));
    expect(JSON.parse(text)).toMatchObject({
      version: 7,
      colo: "FRA",
      status: 200,
      pool: "eu",
      endpoint: "eu1",
      did: "forward",
      route: { name: "r", rule: 0 },
      target: { kind: "Pool", name: "eu" },
      attempts: [{ endpoint: "eu2", outcome: "failure", status: null }, { endpoint: "eu1" }],
    });
  });

  test("tells how critical the request is, by the operator's word", () => {
    const tell = (...[more]: Parameters<typeof balancedSite>[1][]) =>
      JSON.parse(headerText(told({ course: course([], more) }))) as unknown;
    expect(tell({ criticality: "critical" })).toMatchObject({ criticality: "critical" });
    expect(tell()).toMatchObject({ criticality: "default", refused_by: null, refused_for: null });
  });

  test("tells which pool did not take it, and why", () => {
    const know = Object.assign(() => UNKNOWN, { leasesAt: () => ({ hasRoom: () => false }) });
    const shard = shardOf([pool("a", ["a1"])]);
    const input = { shard, asker: asker(), know, memory: NO_MEMORY, triesMax: 1 };
    const { trace } = decide(input, NOW, seededRng(1));
    expect(JSON.parse(headerText(told({ trace })))).toMatchObject({
      refused_by: "a",
      refused_for: "leases",
    });
  });

  test("tells that our own mistake was passed over", () => {
    expect(JSON.parse(headerText(told()))).toMatchObject({ did: "fail-open", route: null });
  });

  test("is one line of visible ASCII whatever operators call things", () => {
    const name = 'é"\r\n\u0000\u007f💥\u2028';
    const rules = [rule(name, "")];
    const text = headerText(
      told({ course: course([], { rules }), attempts: [{ ...attempt, endpoint: name }] }),
    );
    expect(text).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(text)).toMatchObject({ rules: [name], endpoint: name });
  });

  test("is never longer than its limit, and says when it was cut", () => {
    const rules = Array.from({ length: 50 }, () => rule("é".repeat(3_000), ""));
    const attempts = Array.from({ length: 50 }, () => ({
      ...attempt,
      endpoint: "é".repeat(3_000),
    }));
    const text = headerText(
      told({ course: course([], { rules }), attempts, host: "a".repeat(253) }),
    );
    expect(text.length).toBeLessThanOrEqual(HEADER_CHARACTERS_MAX);
    expect(JSON.parse(text)).toMatchObject({ cut: true, version: 7, pool: "eu" });
  });
});
