import { describe, expect, test } from "vitest";
import { explain, type Question } from "../../../routing/explain/explain.ts";
import { EVERYBODY } from "../../../routing/load/cutoff.ts";
import { courseOf, dispatch } from "../../../routing/match/dispatch.ts";
import { seededRng } from "../../../routing/rng.ts";
import { decide } from "../../../routing/steer/decide.ts";
import { NO_MEMORY, UNKNOWN } from "../../../routing/steer/knowledge.ts";
import type { PoolId } from "../../../routing/units.ts";
import { randomFacts, randomRoutes } from "../match/generate.ts";
import { exact, named, prefix, routeOf, ruleOf, toPool } from "../match/routes.ts";
import { asker, down, knowing, measured, NOW, poolId } from "../steer/world.ts";
import { balancedSite, HOST, question, routedSite, rule } from "./world.ts";

const TABLES = 300;
const SEED = 7_100;

const explained = (asked: Question, seed = 1) => explain(asked, NOW, seededRng(seed));

describe("an explanation of a request", () => {
  test("that no route takes names the load balancer, the pool and the endpoint", () => {
    const known = { eu1: measured(20), eu2: { ...measured(30), ...down } };
    expect(explained(question([balancedSite()], "/x", {}, known))).toMatchObject({
      version: 7,
      host: HOST,
      path: "/x",
      hostnames: [HOST],
      outcome: "forward",
      route: null,
      close: [],
      target: { kind: "LoadBalancer", name: HOST },
      steering: { policy: "off", failover: true, exploring: false, fault: null },
      pool: "eu",
      endpoint: "eu1",
      candidates: [
        { pool: "eu", endpoint: "eu1", why: "sound", stage: "sound", estimate_ms: 20 },
        { pool: "us" },
        {},
      ],
      answer: null,
    });
  });

  test("tells how critical it is, whom its pools let in, and who refused it", () => {
    const site = balancedSite([], { criticality: "sheddable" });
    const eu = Object.assign(knowing({}), {
      cutoffOf: (id: PoolId) => (id === poolId("eu") ? 1.5 : EVERYBODY),
    });
    expect(explained({ ...question([site]), know: eu })).toMatchObject({
      outcome: "forward",
      steering: { criticality: "sheddable", refused_by: "eu" },
      pool: "us",
      pools: [
        { pool: "us", admitted: 1 },
        { pool: "eu", admitted: 0 },
      ],
    });
    const all = Object.assign(knowing({}), { cutoffOf: () => 1.5 });
    expect(explained({ ...question([site]), know: all })).toMatchObject({
      ...{ outcome: "overloaded", candidates: [], pool: null },
      steering: { refused_by: "eu" },
    });
    expect(explained(question([balancedSite()]))).toMatchObject({
      steering: { criticality: "default", refused_by: null },
      pools: [{ admitted: 1 }, { admitted: 1 }],
    });
  });

  test("under a residency tells it, and how many it leaves out", () => {
    const residency = ["EU"];
    expect(explained(question([balancedSite([], { residency })]))).toMatchObject({
      outcome: "no-endpoint",
      steering: { residencies: [residency], outside: 3, stages: [] },
      candidates: [],
    });
    expect(explained(question([balancedSite()])).steering).toMatchObject({
      residencies: [],
      outside: 0,
    });
  });

  test("that a route takes names its rule, its match, its targets and its filters", () => {
    const targets = { backends: [toPool("us", 1), toPool("gone", 0)], name: "cart" };
    const routes = [
      routeOf("shop", [{}, ruleOf([{ ...prefix("/cart"), method: "GET" }], targets)]),
    ];
    expect(explained(question([balancedSite(routes)], "/cart/1"))).toMatchObject({
      outcome: "forward",
      route: {
        hostname: HOST,
        namespace: "default",
        name: "shop",
        rule: 1,
        rule_name: "cart",
        match: "GET PathPrefix /cart",
        targets: [
          { kind: "Pool", name: "us", weight: 1, exists: true },
          { kind: "Pool", name: "gone", weight: 0, exists: false },
        ],
      },
      close: [{ name: "shop", rule: 0, loses: "path-length", lacks: null }],
      target: { kind: "Pool", name: "us" },
      filters: { path: null, request_ms: "default", tries_max: 3 },
      pool: "us",
      endpoint: "us1",
    });
  });

  test.each([
    [
      "answer",
      [
        routeOf("r", [
          ruleOf([{}], {
            filters: {
              mirrors: [],
              redirect: { statusCode: 301, path: { type: "ReplaceFullPath", value: "/new" } },
            },
          }),
        ]),
      ],
      { by: "redirect", status: 301, location: "https://www.example/new" },
    ],
    ["fail", [routeOf("r", [ruleOf([{}], { backends: [toPool("gone")] })])], null],
  ] as const)("that ends in %s says so, and steers nothing", (outcome, routes, answer) => {
    expect(explained(question([balancedSite(routes)]))).toMatchObject({
      outcome,
      answer,
      steering: null,
      pool: null,
      endpoint: null,
      candidates: [],
    });
  });

  test("that nothing takes, or to a host that nobody serves, says so", () => {
    const site = routedSite(HOST, routeOf("r", [exact("/only")]));
    expect(explained(question([site]))).toMatchObject({ outcome: "not-found", route: null });
    expect(explained(question([]))).toMatchObject({ outcome: "unknown-host", hostnames: [] });
  });

  test("to a load balancer without an endpoint says so", () => {
    expect(explained(question([balancedSite([], {}, [])]))).toMatchObject({
      outcome: "no-endpoint",
    });
  });
});

describe("the rules of a load balancer", () => {
  const told = (rules: ReturnType<typeof rule>[], line = "/api") =>
    explained(question([balancedSite([], { rules })], line));

  test("are told in their order with what became of each", () => {
    const rules = [
      rule("off", "", { disabled: true }),
      rule("no", 'http.request.uri.path eq "/other"'),
      rule("newer", "newer.field eq 1"),
      rule("yes", 'http.request.uri.path eq "/api"', {
        terminates: true,
        overrides: { default_pools: [poolId("us")] },
      }),
      rule("late", ""),
    ];
    const found = told(rules);
    expect(found.rules.map(({ name, verdict }) => [name, verdict])).toEqual([
      ["off", "disabled"],
      ["no", "unmet"],
      ["newer", "unreadable"],
      ["yes", "met"],
      ["late", "unasked"],
    ]);
    expect(found).toMatchObject({ outcome: "forward", pool: "us" });
  });

  test("that answer by themselves are told with what was met before", () => {
    const fixed_response = { status_code: 403, content_type: "", location: "", message_body: "no" };
    const found = told([
      rule("first", ""),
      rule("fixed", "", { terminates: true, fixed_response }),
      rule("late", ""),
    ]);
    expect(found.rules.map(({ verdict }) => verdict)).toEqual(["met", "met", "unasked"]);
    expect(found).toMatchObject({
      outcome: "answer",
      answer: { by: "fixed-response", status: 403 },
    });
  });

  test("that were met are told however many there are, and conditions are cut", () => {
    const unmet = Array.from({ length: 300 }, (_, index) => rule(`no${index}`, 'http.host eq "x"'));
    const long = `http.host ne "${"x".repeat(3_000)}"`;
    const { rules } = told([...unmet, rule("yes", long)]);
    expect(rules).toHaveLength(100);
    expect(rules.at(-1)).toMatchObject({ name: "yes", verdict: "met" });
    expect(rules.at(-1)?.condition).toHaveLength(201);
  });
});

describe("what is told is what is done", () => {
  test(`for ${TABLES} random tables (seed ${SEED})`, () => {
    const wrong: number[] = [];
    for (let seed = SEED; seed < SEED + TABLES; seed += 1) {
      const rng = seededRng(seed);
      const site = balancedSite(randomRoutes(rng));
      const facts = randomFacts(rng);
      const sites = [{ ...site, shard: { ...site.shard, host: facts.host } }];
      const asked = {
        ...question(sites),
        facts,
        asker: asker({ clientKey: "" }),
        know: knowing({ eu1: down }),
      };
      const found = explain(asked, NOW, seededRng(seed));
      const same = seededRng(seed);
      const action = dispatch(sites, facts, () => UNKNOWN, 0, same);
      if ((found.outcome === "not-found") !== (action === null)) wrong.push(seed);
      if (action?.do !== "forward") continue;
      const { balanced: shard, terms } = action.forward;
      const input = {
        shard,
        asker: asked.asker,
        know: asked.know,
        memory: NO_MEMORY,
        triesMax: terms.triesMax,
      };
      const [first] = decide(input, NOW, same).candidates;
      if (found.endpoint !== (first?.endpoint.name ?? null)) wrong.push(seed);
    }
    expect(wrong).toEqual([]);
  });

  test("and dispatch is the action of the course", () => {
    const sites = [balancedSite([routeOf("r", [exact("/a")])])];
    const { facts } = question(sites, "/a");
    expect(dispatch(sites, facts, () => UNKNOWN, 0, seededRng(1))).toEqual(
      courseOf(sites, facts, () => UNKNOWN, 0, seededRng(1)).action,
    );
  });
});

test("an explanation is bounded whatever the table is", () => {
  const picky = Array.from({ length: 60 }, (_, at) => ({
    ...prefix("/"),
    headers: [named(`x${at}`)],
  }));
  const routes = [
    routeOf("picky", [ruleOf(picky)]),
    routeOf("won", [
      ruleOf([{}], {
        retry: { attempts: 500, codes: [], backoffMs: 0 },
        backends: Array.from({ length: 90 }, () => toPool("eu")),
      }),
    ]),
  ];
  const found = explained(question([balancedSite(routes)]));
  expect([found.close.length, found.route?.targets.length, found.candidates.length]).toEqual([
    20, 16, 10,
  ]);
  expect(JSON.stringify(found).length).toBeLessThan(64 * 1024);
});
