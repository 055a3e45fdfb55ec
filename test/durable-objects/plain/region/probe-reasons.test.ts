import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { isLate, REASONS } from "../../../../durable-objects/region/probe-reasons.ts";
import { root } from "../../../house/source.ts";

const table = readFileSync(join(root, "docs/monitors.md"), "utf8").split("## Reasons")[1] ?? "";

test("every reason of a probe stands in the table of docs/monitors.md with its cause and what to do", () => {
  const rows = table.split("\n").filter((line) => /^\| `[^`]+` \| .+ \| .+ \|$/.test(line));
  const listed = rows.map((row) => row.split("`")[1]);
  const missing = Object.values(REASONS).filter((reason) => !listed.includes(reason));
  expect(missing).toEqual([]);
});

test("another try follows what was late, and nothing else", () => {
  const late = Object.values(REASONS).filter(isLate);
  expect(late).toEqual(["timeout", "body not in time", "timeout after a redirect"]);
  expect([isLate(""), isLate("status 503")]).toEqual([false, false]);
});
