import { expect, test } from "vitest";
import { parseStartFlags, START_HELP } from "../../local/flags.ts";

test("without flags the planet has the demo, distances and the ports of the README", () => {
  expect(parseStartFlags([])).toEqual({
    ok: true,
    value: {
      config: null,
      demo: true,
      rtt: true,
      edgePort: 8787,
      centralPort: 8788,
      state: null,
    },
  });
});

test("every flag is read", () => {
  const args = "--config a.yaml --no-demo --no-rtt --edge-port 1 --central-port 0 --state ./s";
  expect(parseStartFlags(args.split(" "))).toEqual({
    ok: true,
    value: { config: "a.yaml", demo: false, rtt: false, edgePort: 1, centralPort: 0, state: "./s" },
  });
});

test("help is asked for and names every flag", () => {
  expect(parseStartFlags(["--help"])).toEqual({ ok: true, value: "help" });
  for (const flag of ["config", "no-demo", "no-rtt", "edge-port", "central-port", "state"]) {
    expect(START_HELP).toContain(`--${flag}`);
  }
});

test.each([
  [["--colour"], "--colour"],
  [["surprise"], "surprise"],
  [["--config"], "--config"],
  [["--edge-port", "x"], '--edge-port is a port from 0 to 65535, not "x"'],
  [["--edge-port", "-1"], "--edge-port"],
  [["--central-port", "65536"], "65536"],
  [["--edge-port", "9000", "--central-port", "9000"], "both 9000"],
])("%j is refused in one line that names it", (args, told) => {
  const parsed = parseStartFlags(args);
  expect(parsed.ok).toBe(false);
  if (parsed.ok) return;
  expect(parsed.error).toContain(told);
  expect(parsed.error).not.toContain("\n");
});
