import { expect, test } from "vitest";
import type { Monitor } from "../../routing/model.ts";
import {
  behave,
  eventually,
  freshName,
  freshRegion,
  idOf,
  pushOf,
  seenBy,
  targetOf,
} from "./fixtures.ts";
import type { Behaviour } from "./origins.ts";

/** Pushes one target beside a healthy one and answers its first verdict's reason. */
async function reasonOf(
  behaviour: Behaviour,
  monitor: Partial<Monitor>,
): Promise<string | undefined> {
  const region = freshRegion();
  const name = freshName("probed");
  await behave(name, behaviour);
  await region.push(pushOf(1, [targetOf(name, monitor), targetOf(freshName("beside"))]));
  const reason = async () => (await region.status()).health[idOf(name)]?.reason;
  await eventually(reason).toBeDefined();
  return reason();
}

test.concurrent.each<[string, Behaviour, Partial<Monitor>, string]>([
  ["a code of the list is healthy", { status: 204 }, { expected_codes: "200,204" }, ""],
  ["another code is not", { status: 404 }, { expected_codes: "2xx" }, "status 404"],
  ["the text may be in any case", { body: "All SYSTEMS go" }, { expected_body: "systems GO" }, ""],
  [
    "a body without it is unhealthy",
    { body: "no" },
    { expected_body: "yes" },
    "body without the expected text",
  ],
  [
    "text after 64 KiB is not read",
    { body: `${" ".repeat(65_536)}yes` },
    { expected_body: "yes" },
    "expected text not in the first 64 KiB",
  ],
  ["silence is a timeout", { hang: true }, { timeout: 1 }, "timeout"],
  ["a reset is a failed connection", { reset: true }, {}, "connection failed"],
  ["a redirect is not followed unasked", { status: 302, location: "/elsewhere" }, {}, "status 302"],
  [
    "a redirect is followed when asked",
    { status: 302, location: "/elsewhere" },
    { follow_redirects: true },
    "",
  ],
  [
    "but not to another scheme",
    { status: 302, location: "ftp://a/" },
    { follow_redirects: true },
    "redirect without a usable location",
  ],
])("%s", async (_claim, behaviour, monitor, reason) => {
  expect(await reasonOf(behaviour, monitor)).toBe(reason);
});

test("a ring of redirects ends where it closes", async () => {
  const region = freshRegion();
  const name = freshName("ring");
  await behave(name, { status: 307, location: `/${name}/again` });
  const ring = targetOf(name, { follow_redirects: true, interval: 60 });
  await region.push(pushOf(1, [ring, targetOf(freshName("beside"))]));
  const health = async () => (await region.status()).health[idOf(name)];
  await eventually(async () => (await health())?.reason).toBe("redirect loop");
  expect((await seenBy(name)).requests).toBe(2);
});

test("a probe says who it is, carries the monitor's headers and is never the same twice", async () => {
  const region = freshRegion();
  const name = freshName("polite");
  const header = { "X-Key": ["a", "b"], "User-Agent": ["not me"] };
  await region.push(pushOf(1, [targetOf(name, { header, method: "HEAD", interval: 1 })]));
  await eventually(async () => (await seenBy(name)).requests).toBeGreaterThan(0);
  const { last } = await seenBy(name);
  expect(last).toMatchObject({
    method: "HEAD",
    url: expect.stringMatching(new RegExp(`^/${name}/health\\?a=1&tradewind-probe=[0-9a-f]{32}$`)),
    headers: { "x-key": "a, b", "user-agent": "Tradewind-Probe/1 (+weur)" },
  });
  await eventually(async () => (await seenBy(name)).last?.url).not.toBe(last?.url);
});

test("a timeout is tried again as often as the monitor says, at once", async () => {
  const region = freshRegion();
  const name = freshName("slow");
  await behave(name, { hang: true });
  const slow = targetOf(name, { retries: 2, timeout: 1, interval: 60 });
  await region.push(pushOf(1, [slow, targetOf(freshName("beside"))]));
  const health = async () => (await region.status()).health[idOf(name)];
  await eventually(async () => (await health())?.reason).toBe("timeout");
  expect((await seenBy(name)).requests).toBe(3);
});
