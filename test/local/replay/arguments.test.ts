import { describe, expect, test } from "vitest";
import { parseReplay, USAGE } from "../../../local/replay/arguments.ts";

describe("the command line of replay", () => {
  test("needs a recording and nothing else", () => {
    expect(parseReplay([])).toMatchObject({ ok: false, error: expect.stringContaining("--from") });
    expect(parseReplay(["--from", "a.json"])).toEqual({
      ok: true,
      value: { from: "a.json", change: null, centralPort: undefined },
    });
  });

  test("asks about either policy, or both", () => {
    const args = ["--from", "a", "--policy", "proximity", "--endpoint-policy", "hash"];
    expect(parseReplay(args)).toMatchObject({
      ok: true,
      value: { change: { steering: "proximity", endpoints: "hash" } },
    });
    expect(parseReplay(args.slice(0, 4))).toMatchObject({
      ok: true,
      value: { change: { steering: "proximity" } },
    });
  });

  test.each([
    [["--from", "a", "--policy", "fastest"], "dynamic_latency"],
    [["--from", "a", "--endpoint-policy", "geo"], "p2c_peak_ewma"],
    [["--from", "a", "--nonsense"], "--nonsense"],
    [["a.json"], "a.json"],
  ])("%j is refused with a line that helps", (args, named) => {
    expect(parseReplay(args)).toMatchObject({ ok: false, error: expect.stringContaining(named) });
  });

  test("tells every flag that it reads when it is asked for help", () => {
    expect(parseReplay(["--help"])).toEqual({ ok: true, value: "help" });
    for (const flag of ["from", "policy", "endpoint-policy", "central-port", "help"]) {
      expect(USAGE).toContain(`--${flag}`);
    }
  });
});
