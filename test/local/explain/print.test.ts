import { describe, expect, test } from "vitest";
import { type Answered, printed } from "../../../local/explain/print.ts";
import { explain, type Question } from "../../../routing/explain/explain.ts";
import { seededRng } from "../../../routing/rng.ts";
import { balancedSite, question, rule } from "../../routing/explain/world.ts";
import { exact, named, prefix, routeOf, ruleOf, toPool } from "../../routing/match/routes.ts";
import { loadsOf, spill, use } from "../../routing/steer/loads.ts";
import { down, endpoint, measured, NOW, pool } from "../../routing/steer/world.ts";

const known = { colo: "FRA", colo_version: 7, region: "weur", reachable: true };
const text = (asked: Question, more: Partial<Answered["known"]> = {}) =>
  printed({ ...explain(asked, NOW, seededRng(1)), known: { ...known, ...more } });

describe("an explanation is printed", () => {
  test("with where it goes first, then why", () => {
    const headers = {
      requestHeaders: { set: [{ name: "x-a", value: "1" }], add: [], remove: ["x-b"] },
    };
    const filters = { mirrors: [], ...headers };
    const routes = [
      routeOf("cart", [
        ruleOf([prefix("/cart")], { filters, backends: [toPool("eu"), toPool("gone", 0)] }),
      ]),
      routeOf("beta", [{ ...exact("/cart"), headers: [named("x-beta")] }]),
      routeOf("all"),
    ];
    const heard = { eu1: { ...measured(12.4) }, eu2: down };
    expect(text(question([balancedSite(routes)], "/cart", {}, heard))).toBe(
      [
        "www.example/cart at FRA, version 7: eu/eu1",
        "  route     default/cart rule 0 of www.example (PathPrefix /cart)",
        "  to        Pool eu, weight 1",
        "  to        Pool gone, weight 0, which does not exist",
        "  close     default/beta rule 0 of www.example (Exact /cart, header x-beta): the request lacks header x-beta",
        "  close     default/all rule 0 of www.example (PathPrefix /): loses by path-length",
        "  filter    request: set x-a = 1",
        "  filter    request: remove x-b",
        "  steering  off: eu (sound), then eu (last-resort)",
        "  try 1     eu/eu1  sound, unknown, 12 ms",
        "  try 2     eu/eu1  again, unknown, 12 ms",
        "  try 3     eu/eu1  again, unknown, 12 ms",
        "  known     health and latency from weur; FRA: its isolates have version 7",
      ].join("\n"),
    );
  });

  test("with what a full pool gives away", () => {
    const loads = loadsOf(
      { eu1: use(80, 100), eu2: use(80, 100), us1: use(30, 100) },
      { eu: spill(200, { us: 40 }) },
    );
    const lines = text({ ...question([balancedSite()]), loads });
    expect(lines).toContain("  full      eu is at 80 %, wanted 100 %; gives 20 % to us");
  });

  test("with the rules of the load balancer and what became of them", () => {
    const fixed_response = {
      status_code: 403,
      content_type: "",
      location: "/why",
      message_body: "",
    };
    const rules = [rule("no", 'http.host eq "x"'), rule("fixed", "", { fixed_response })];
    const found = text(question([balancedSite([], { rules })], "/a"), { colo_version: null });
    expect(found.split("\n")).toEqual([
      "www.example/a at FRA, version 7: 403 to /why, answered by a rule (fixed-response)",
      '  rule      no: unmet  (http.host eq "x")',
      "  rule      fixed: met",
      "  known     health and latency from weur; FRA: no isolate has reported",
    ]);
  });

  test("with whom residency leaves out, and where those are", () => {
    const at = (country: string) => ({ locality: { cloud: "own", region: "x", country } });
    const pools = [pool("eu", [endpoint("de", at("DE")), endpoint("us", at("US")), "cellar"])];
    const found = text(question([balancedSite([], { residency: ["EU"] }, pools)]));
    expect(found.split("\n").filter((line) => line.includes("left out"))).toEqual([
      "  left out  eu/us  residency: US",
      "  left out  eu/cellar  residency: country unknown",
    ]);
  });

  test.each([
    [[], "421, because nobody serves this host"],
    [[balancedSite([], {}, [])], "503, because no endpoint can take it"],
    [
      [balancedSite([routeOf("r", [ruleOf([{}], { backends: [] })])])],
      "500, because a rule sends it to nothing that exists",
    ],
  ])("%#: with the status that the visitor sees", (sites, headline) => {
    expect(text(question(sites))).toContain(headline);
  });

  test("and says when the region does not answer", () => {
    expect(text(question([balancedSite()]), { reachable: false })).toContain(
      "weur does not answer",
    );
  });
});
