import { expect, inject, test } from "vitest";
import type { ProbeTarget } from "../../routing/exchange.ts";
import type { ProbeMember } from "../../routing/health/group.ts";
import { SCHEMA } from "../../routing/limits.ts";
import {
  behave,
  bindings,
  eventually,
  freshName,
  freshRegion,
  idOf,
  pushOf,
  seenBy,
  targetOf,
} from "./fixtures.ts";
import { monitorOf } from "./plain/messages.ts";

/** A member of an endpoint's group on the test's server; `name` is its path there. */
const memberOf = (name: string, flags: Partial<ProbeMember> = {}): ProbeMember => ({
  ...{
    monitor: monitorOf({ name, path: `/${name}/`, timeout: 10 }),
    port: inject("httpPort"),
    scheme: "http",
  },
  ...{ monitoringOnly: false, mustBeHealthy: false },
  ...flags,
});

const groupTarget = (name: string, ...members: readonly ProbeMember[]): ProbeTarget => ({
  ...targetOf(name, { timeout: 10 }),
  members,
});

test("a group's members are asked in one slot, and its verdict says which failed", async () => {
  const region = freshRegion();
  const [name, login, api, look] = ["grouped", "login", "api", "look"].map(freshName) as [
    ...[string, string, string, string],
  ];
  const target = groupTarget(
    name,
    memberOf(login, { mustBeHealthy: true }),
    memberOf(api),
    memberOf(look, { monitoringOnly: true }),
  );
  await behave(look, { status: 500 });
  await region.push(pushOf(1, [target, targetOf(freshName("beside"))]));
  const status = () => region.status();
  const reason = async () => (await status()).health[idOf(name)]?.reason;
  await eventually(reason).toBe("");
  expect((await status()).members?.[idOf(name)]).toMatchObject([
    { monitor: login, healthy: true, mustBeHealthy: true },
    { monitor: api, healthy: true },
    { monitor: look, healthy: false, reason: "status 500", monitoringOnly: true },
  ]);
  await behave(login, { status: 503 });
  await eventually(reason).toBe(`1 of 2 monitors failed: ${login} (must be healthy, status 503)`);
  await behave(login, {});
  await eventually(reason).toBe("");
  expect((await seenBy(api)).inFlightMax).toBe(1);
});

test("a preview sees what the prober would, and leaves no verdict, event or count behind", async () => {
  const object = bindings.REGION_STATE.getByName("v1:region:weur:preview");
  const [good, bad, slow, grouped] = ["good", "bad", "slow", "grouped"].map(freshName) as [
    ...[string, string, string, string],
  ];
  await behave(bad, { status: 503, delayMs: 20 });
  await behave(slow, { hang: true });
  const targets = [
    targetOf(good, { timeout: 10 }),
    targetOf(bad, { timeout: 10 }),
    targetOf(slow, { retries: 1 }),
    groupTarget(grouped, memberOf(good), memberOf(bad, { monitoringOnly: true })),
  ];
  const seen = await object.preview({ schema: SCHEMA, targets });
  expect(seen).toMatchObject([
    { endpoint: idOf(good), saw: "healthy", reason: "", status: 200 },
    { endpoint: idOf(bad), saw: "unhealthy", reason: "status 503", status: 503 },
    { endpoint: idOf(slow), saw: "nothing", reason: "timeout" },
    {
      ...{ endpoint: idOf(grouped), saw: "healthy", reason: "" },
      members: [
        { monitor: good, healthy: true },
        { monitor: bad, healthy: false },
      ],
    },
  ]);
  expect(seen[1]?.ms).toBeGreaterThanOrEqual(19);
  expect((await seenBy(slow)).requests).toBe(2);
  const { health, probes, nextAlarmAtMs } = await object.status();
  expect([health, probes, nextAlarmAtMs]).toEqual([
    ...[{}, { sent: 0, succeeded: 0, failed: 0 }, null],
  ]);
  expect(await object.events(0)).toEqual([]);
});
