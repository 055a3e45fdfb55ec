import { describe, expect, test } from "vitest";
import { parseCommand } from "../../local/faults.ts";
import { Board } from "../../local/workers/board.ts";

const words = (line: string) => line.split(" ");

describe("the words of a fault", () => {
  test.each([
    ["region weur stop", "region weur", "stop"],
    ["region apac-ne hang", "region apac-ne", "hang"],
    ["region weur cut", "region weur", "cut"],
    ["probes error", "probes", "error"],
    ["probes hang", "probes", "hang"],
    ["config error", "config", "error"],
    ["desk abort", "desk", "abort"],
    ["ledger stop", "ledger", "stop"],
    ["all-objects stop", "all-objects", "stop"],
    ["kv empty", "kv", "empty"],
    ["colo-cache hang", "colo-cache", "hang"],
    ["edge error", "edge", "error"],
    ["isolate FRA recycle", "isolate FRA", "recycle"],
    ["isolate all recycle", "isolate all", "recycle"],
    ["origin gcp-europe-west3 stop", "origin gcp-europe-west3", "stop"],
  ])("%s", (line, target, mode) => {
    const fault = { target, mode };
    expect(parseCommand(words(line))).toEqual({ ok: true, value: { do: "inject", fault } });
  });

  test.each([
    ["heal", null],
    ["heal kv", "kv"],
    ["heal region weur", "region weur"],
  ])("%s", (line, target) => {
    expect(parseCommand(words(line))).toEqual({ ok: true, value: { do: "heal", target } });
  });

  test.each([
    ["region mars stop", "wnam, enam, weur"],
    ["region weur empty", "stop, hang, error, abort, cut"],
    ["all-objects cut", "stop, hang, error, abort"],
    ["probes stop", "error, hang"],
    ["region stop", "needs a name"],
    ["kv stop", "error, hang, empty"],
    ["edge stop", "error, hang"],
    ["config weur stop", "takes a mode only"],
    ["isolate XXX recycle", "FRA, LHR"],
    ["moon stop", "region, config"],
    ["constructor stop", "region, config"],
    ["heal moon", "region, config"],
  ])("%s is refused with what would be right", (line, told) => {
    const parsed = parseCommand(words(line));
    expect(parsed.ok ? "" : parsed.error).toContain(told);
  });
});

describe("the board", () => {
  const inject = (target: string, mode: string) =>
    ({ do: "inject", fault: { target, mode } }) as const;

  test("shows what is on, since when, until it is healed", () => {
    const board = new Board();
    board.apply(inject("kv", "error"), 1);
    board.apply(inject("region weur", "stop"), 2);
    expect(board.list()).toEqual([
      { target: "kv", mode: "error", sinceMs: 1 },
      { target: "region weur", mode: "stop", sinceMs: 2 },
    ]);
    board.apply({ do: "heal", target: "kv" }, 3);
    expect(board.mode("kv")).toBe(null);
    expect(board.mode("region weur", "all-objects")).toBe("stop");
    board.apply({ do: "heal", target: null }, 4);
    expect(board.list()).toEqual([]);
  });

  test("a second fault on one target replaces the first", () => {
    const board = new Board();
    board.apply(inject("kv", "error"), 1);
    board.apply(inject("kv", "hang"), 2);
    expect(board.mode("kv")).toBe("hang");
  });

  test("what happens once is never on", () => {
    const board = new Board();
    board.apply(inject("region weur", "abort"), 1);
    board.apply(inject("isolate FRA", "recycle"), 1);
    expect(board.list()).toEqual([]);
  });
});
