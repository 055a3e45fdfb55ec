import { expect, test } from "vitest";
import { perMonitor } from "../../../routing/table/per-monitor.ts";
import { inputOf } from "./fixtures.ts";

test("a rule sees every monitor by itself, and its problems stand where that monitor does", () => {
  const rule = perMonitor("a-rule", ({ port }) =>
    port === 1 ? [{ pointer: "/port", detail: "It is 1." }] : [],
  );
  const input = inputOf({ monitors: { a: { port: 1 }, b: { port: 2 }, "c/d": { port: 1 } } });
  expect(rule.check(input).map(({ pointer }) => pointer)).toEqual([
    "/monitors/a/port",
    "/monitors/c~1d/port",
  ]);
});
