import { expect, test } from "vitest";
import {
  apiRequest,
  keyCommand,
  parseFreeze,
  USAGE,
  type Wanted,
  withoutCentral,
} from "../../local/freeze/arguments.ts";
import { freezeKey } from "../../routing/guard/freeze.ts";

const wanted = (...args: readonly string[]): Wanted => {
  const parsed = parseFreeze(args);
  if (!parsed.ok || parsed.value === "help") throw new Error(JSON.stringify(parsed));
  return parsed.value;
};

test("a reason freezes, by the API unless something else is said", () => {
  expect(wanted("bad", "deploy")).toMatchObject({
    action: "freeze",
    reason: "bad deploy",
    by: "api",
  });
  expect(apiRequest(wanted("bad & deploy"))).toEqual({
    method: "PUT",
    path: "/v1/freeze?note=bad%20%26%20deploy",
  });
  expect(apiRequest(wanted("--thaw"))).toEqual({ method: "DELETE", path: "/v1/freeze" });
  expect(apiRequest(wanted("--status"))).toEqual({ method: "GET", path: "/v1/freeze" });
});

test("by KV it writes and deletes the very key that ConfigStore reads", () => {
  const key = freezeKey("default");
  expect(keyCommand(wanted("why", "--by", "kv")).slice(0, 5)).toEqual([
    "kv",
    "key",
    "put",
    key,
    "why",
  ]);
  expect(keyCommand(wanted("--thaw", "--by", "kv")).slice(0, 4)).toEqual([
    "kv",
    "key",
    "delete",
    key,
  ]);
});

test("without central the other two switches are told, ready for a shell", () => {
  const told = withoutCentral(wanted("it's bad"));
  expect(told).toContain(`npx wrangler kv key put ${freezeKey("default")} 'it'\\''s bad'`);
  expect(told).toContain("TW_FREEZE");
});

test.each([
  [[], "Say why"],
  [["--thaw", "why"], "takes no reason"],
  [["--thaw", "--status"], "one of them"],
  [["x", "--by", "mail"], "api or kv"],
  [["x".repeat(201)], "at most 200"],
  [["--nope"], "nope"],
])("%j is refused with what is wrong", (args, why) => {
  expect(parseFreeze(args)).toEqual({ ok: false, error: expect.stringContaining(why) });
});

test("help names every flag", () => {
  expect(parseFreeze(["--help"])).toEqual({ ok: true, value: "help" });
  for (const flag of ["thaw", "status", "by", "central", "central-port"]) {
    expect(USAGE).toContain(`--${flag}`);
  }
});
