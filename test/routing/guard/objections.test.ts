import { describe, expect, test } from "vitest";
import { forecastOf, stageOf } from "../../../routing/guard/forecast.ts";
import {
  objectionsTo,
  objectionText,
  UTILIZATION_MAX,
  undeclared,
} from "../../../routing/guard/objections.ts";
import { balanced, demand, HOST, measured, poolsFrom, tableOf } from "./world.ts";

const FIVE = { a: 1000, b: 1000, c: 1000, d: 1000, e: 1000 };

const forecast = (balancer: object, rps: number, pools: object = poolsFrom(FIVE)) =>
  forecastOf(
    stageOf(tableOf({ pools, load_balancers: { [HOST]: balancer } }), measured([demand(rps)])),
  );
const spread = balanced(Object.keys(FIVE), { steering_policy: "random" });

describe("a change", () => {
  test("that gives one of five pools everything (O14) is objected to with the numbers", () => {
    const [only, ...more] = objectionsTo(forecast(spread, 2500), forecast(balanced(["a"]), 2500));
    expect(more).toEqual([]);
    expect(only).toEqual({
      guard: "capacity",
      pool: "a",
      rps: 2500,
      capacityRps: 1000,
      utilization: 2.5,
      before: 0.5,
    });
    expect(only && objectionText(only)).toBe(
      "Pool a would be asked 2500 requests/s of the 1000 it declares (250 %, now 50 %): move less, or add endpoints first.",
    );
  });

  test("up to the limit is none", () => {
    const at = (rps: number) => objectionsTo(forecast(spread, rps), forecast(balanced(["a"]), rps));
    expect(at(1000 * UTILIZATION_MAX)).toEqual([]);
    expect(at(1000 * UTILIZATION_MAX + 1)).toHaveLength(1);
  });

  test("that makes a full pool less full, or leaves it as it is, is none", () => {
    const [all, half] = [forecast(balanced(["a"]), 2500), forecast(spread, 4800)];
    expect(objectionsTo(all, all)).toEqual([]);
    expect(objectionsTo({ ...all }, half)).toHaveLength(4);
    expect(
      objectionsTo(forecast(balanced(["a"]), 4800), half).map((one) => one.guard),
    ).not.toContain("no-endpoint");
  });

  test("that takes a hostname's last endpoint is objected to; one that takes the hostname away is not", () => {
    const off = { ...poolsFrom(FIVE), a: { ...poolsFrom(FIVE)["a"], enabled: false } };
    const before = forecast(balanced(["a"]), 10);
    const [only] = objectionsTo(before, forecast(balanced(["a"]), 10, off));
    expect(only).toEqual({ guard: "no-endpoint", hostname: HOST });
    expect(only && objectionText(only)).toContain("shop.example would have no endpoint left");
    expect(
      objectionsTo(before, forecastOf(stageOf(tableOf({ pools: off }), measured([])))),
    ).toEqual([]);
  });

  test("of pools that declare nothing nothing is said, but that nothing can be said", () => {
    const silent = poolsFrom({ a: [{}], b: 10 });
    const after = forecast(balanced(["a"]), 9999, silent);
    expect(objectionsTo(forecast(balanced(["b"]), 9, silent), after)).toEqual([]);
    expect(undeclared(after)).toEqual(["a"]);
  });
});
