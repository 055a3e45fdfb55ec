import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { COLO_NAMES } from "../../local/colos.ts";

const run = promisify(execFile);

test("after 20 requests from a colo at least 95 % of the next 100 come from its nearest pool", async () => {
  const script = join(import.meta.dirname, "../../local/demo/latency.ts");
  const { stdout } = await run(process.execPath, [script]);
  expect(stdout).toContain("PASS: every colo");
  for (const colo of COLO_NAMES)
    expect(stdout).toMatch(new RegExp(`^${colo} .* (9[5-9]|100) % `, "m"));
}, 120_000);
