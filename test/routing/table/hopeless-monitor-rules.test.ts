import { describe, expect, test } from "vitest";
import { closedPort, isClosed } from "../../../routing/table/hopeless-monitor-rules.ts";
import { problemsIn } from "./fixtures.ts";

const problemsOf = (monitor: object) => problemsIn({ monitors: { m: monitor } });

describe("a monitor that could succeed is taken", () => {
  test.each([
    { expected_codes: "1xx,200" },
    { expected_codes: "301,404", follow_redirects: true },
    { expected_codes: "301" },
    { expected_codes: "204,200", expected_body: "fine" },
    { method: "HEAD", expected_codes: "204" },
    { type: "tcp", port: 5432, path: "/", expected_codes: "", expected_body: "", header: {} },
    { type: "http", port: 25 },
  ])("%j", (monitor) => {
    expect(problemsOf(monitor)).toEqual([]);
  });
});

test("each hopeless thing of one monitor is told at once", () => {
  const problems = problemsOf({ type: "tcp", port: 25, path: "/a", expected_body: "b" });
  expect(problems.map(({ pointer }) => pointer).sort()).toEqual([
    "/monitors/m/expected_body",
    "/monitors/m/path",
    "/monitors/m/port",
  ]);
});

describe("what the platform cannot do is refused with its reason and what to use instead", () => {
  test.each([
    [{ type: "icmp_ping" }, "/type", /cannot send ICMP: use tcp/],
    [{ type: "udp_icmp" }, "/type", /neither send UDP nor hear ICMP: use tcp or https/],
    [{ type: "smtp" }, "/type", /may not connect to port 25: use tcp to port 587 or 465/],
    [{ type: "grpc" }, "/type", /no trailers.*: use https to a health path, or tcp/],
    [{ allow_insecure: true }, "/allow_insecure", /checks every certificate.*or use type tcp/],
    [{ header: { Host: ["a"] } }, "/header/Host", /host of the URL; write the name .* `address`/],
    [{ header: { "User-Agent": ["a"] } }, "/header/User-Agent", /who probes/],
  ])("%j", (monitor, pointer, reason) => {
    expect(problemsOf(monitor)).toMatchObject([
      { pointer: `/monitors/m${pointer}`, detail: expect.stringMatching(reason) },
    ]);
  });
});

test("port 25 is the one that is closed", () => {
  expect([24, 25, 26, undefined].filter(isClosed)).toEqual([25]);
  expect(closedPort("/x").detail).toContain("587 or 465");
});
