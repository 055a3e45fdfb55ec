import { expect, inject, test, vi } from "vitest";
import { REASONS } from "../../durable-objects/region/probe-reasons.ts";
import type { Monitor } from "../../routing/model.ts";
import { freshName, freshRegion, idOf, pushOf, seenBy, targetOf } from "./fixtures.ts";

const FOLLOW: Partial<Monitor> = { follow_redirects: true };
const TEXT: Partial<Monitor> = { expected_body: "fine" };

/** How the server answers, what the monitor asks of it, and the verdict. Servers: bad-origins.ts. */
const CASES: readonly (readonly [way: string, monitor: Partial<Monitor>, reason: string])[] = [
  ["silent", {}, REASONS.timeout],
  ["reset", {}, REASONS.connection],
  ["closed", {}, REASONS.connection],
  ["half-line", {}, REASONS.timeout],
  ["half-line-closed", {}, REASONS.connection],
  ["no-http", {}, REASONS.connection],
  ["half-headers", {}, REASONS.timeout],
  ["endless-headers", {}, REASONS.connection],
  ["slow-headers", {}, REASONS.timeout],
  ["only-100", {}, REASONS.timeout],
  ["slow-body", TEXT, REASONS.bodyTimeout],
  ["slow-body", {}, ""],
  ["endless-body", TEXT, REASONS.bodyStart],
  ["endless-body", {}, ""],
  ["huge-body", TEXT, REASONS.bodyStart],
  ["huge-body", {}, ""],
  ["packed-body", TEXT, REASONS.bodyStart],
  ["broken-body", TEXT, REASONS.bodyBroken],
  ["wrong-chunks", TEXT, REASONS.bodyBroken],
  ["good", { expected_body: "other" }, REASONS.body],
  ["wrong-code", {}, "status 418"],
  ["code-0", {}, REASONS.connection],
  ["code-999", {}, "status 999"],
  ["private", FOLLOW, REASONS.redirectAddress],
  ["loopback", FOLLOW, REASONS.redirectAddress],
  ["elsewhere", FOLLOW, REASONS.redirectNowhere],
  ["nowhere", FOLLOW, REASONS.redirectNowhere],
  ["ring", FOLLOW, REASONS.redirectLoop],
  ["spiral", FOLLOW, REASONS.redirects],
  ["to-silence", FOLLOW, REASONS.redirectTimeout],
  ["to-reset", FOLLOW, REASONS.redirectConnection],
];

/** Only who waits for a timeout has a short one: a busy machine may take its time for everything else. */
const LATE: readonly string[] = [REASONS.timeout, REASONS.bodyTimeout, REASONS.redirectTimeout];
const badTarget = (name: string, [way, monitor, reason]: (typeof CASES)[number]) =>
  targetOf(
    name,
    { path: `/${way}/0`, interval: 3, timeout: LATE.includes(reason) ? 2 : 10, ...monitor },
    { port: inject("badPort") },
  );

/** Who is not done by then hangs. */
const HANGS_MS = 120_000;
vi.setConfig({ testTimeout: HANGS_MS });
const until = (check: () => Promise<void>) =>
  vi.waitFor(check, { timeout: HANGS_MS, interval: 50 });

test.concurrent.each(CASES)("%s with %j: %s", async (...one) => {
  const region = freshRegion();
  const name = freshName("bad");
  await region.push(pushOf(1, [badTarget(name, one), targetOf(freshName("beside"))]));
  await until(async () => {
    expect((await region.status()).health[idOf(name)]?.reason).toBe(one[2]);
  });
});

test("all of them on one object leave it seeing and probing what lives", async () => {
  const region = freshRegion();
  const living = freshName("living");
  const bad = CASES.map((one) => ({ name: freshName("bad"), one }));
  // One try each, and rarely: more than one object can do would be divided among several.
  const rarely = ([way, monitor, reason]: (typeof CASES)[number]) =>
    [way, { interval: 40, retries: 0, ...monitor }, reason] as const;
  const targets = bad.map(({ name, one }) => badTarget(name, rarely(one)));
  await region.push(
    pushOf(1, [...targets, targetOf(living, { timeout: 2, interval: 3, retries: 0 })]),
  );
  // Each was seen in its turn; a busy machine may be late with one while it is right about another.
  const seen = new Set<string>();
  await until(async () => {
    const { health } = await region.status();
    for (const { name, one } of bad) if (health[idOf(name)]?.reason === one[2]) seen.add(name);
    expect(bad.filter(({ name }) => !seen.has(name))).toEqual([]);
  });
  const { requests } = await seenBy(living);
  await until(async () => expect((await seenBy(living)).requests).toBeGreaterThan(requests + 2));
  const { blind, health } = await region.status();
  expect([blind, health[idOf(living)]?.healthy]).toEqual([false, true]);
});
