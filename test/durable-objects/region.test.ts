import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { expect, inject, test } from "vitest";
import {
  behave,
  eventually,
  freshName,
  freshRegion,
  idOf,
  pushOf,
  reportOf,
  targetOf,
} from "./fixtures.ts";

test("probes ring by alarm, flip the verdict both ways, and each flip is an event", async () => {
  const region = freshRegion();
  const [one, other] = [freshName("one"), freshName("other")];
  await region.push(pushOf(1, [targetOf(one), targetOf(other)]));
  await eventually(async () => (await region.status()).health[idOf(one)]?.healthy).toBe(true);
  await behave(one, { status: 503 });
  await eventually(async () => (await region.status()).health[idOf(one)]?.reason).toBe(
    "status 503",
  );
  await behave(one, {});
  await eventually(async () => (await region.status()).health[idOf(one)]?.healthy).toBe(true);
  const details = (await region.events(0)).map(({ kind, detail }) => `${kind} ${detail}`);
  expect(details).toEqual(["push taken", "health unhealthy: status 503", "health healthy"]);
});
