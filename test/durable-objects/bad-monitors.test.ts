import { expect, inject, test } from "vitest";
import { REASONS } from "../../durable-objects/region/probe-reasons.ts";
import type { Monitor } from "../../routing/model.ts";
import { eventually, freshName, freshRegion, idOf, pushOf, seenBy, targetOf } from "./fixtures.ts";

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

const badTarget = (name: string, way: string, monitor: Partial<Monitor>) =>
  targetOf(name, { path: `/${way}/0`, interval: 60, ...monitor }, { port: inject("badPort") });

test.concurrent.each(CASES)("%s with %j: %s", async (way, monitor, reason) => {
  const region = freshRegion();
  const name = freshName("bad");
  const beside = targetOf(freshName("beside"), { interval: 60 });
  await region.push(pushOf(1, [badTarget(name, way, monitor), beside]));
  const health = async () => (await region.status()).health[idOf(name)];
  await eventually(async () => (await health())?.reason).toBe(reason);
});

test("all of them on one object leave it seeing and probing what lives", async () => {
  const region = freshRegion();
  const living = freshName("living");
  const bad = CASES.map(([way, monitor, reason]) => ({
    name: freshName("bad"),
    way,
    monitor,
    reason,
  }));
  const targets = bad.map(({ name, way, monitor }) =>
    badTarget(name, way, { ...monitor, interval: 1 }),
  );
  await region.push(pushOf(1, [...targets, targetOf(living, { interval: 1 })]));
  const wrong = async () => {
    const { health } = await region.status();
    return bad.filter(({ name, reason }) => health[idOf(name)]?.reason !== reason);
  };
  await eventually(wrong).toEqual([]);
  const { requests } = await seenBy(living);
  await eventually(async () => (await seenBy(living)).requests).toBeGreaterThan(requests + 2);
  expect((await region.status()).blind).toBe(false);
});
