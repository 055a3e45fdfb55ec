import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { proberObject, regionObject } from "../../routing/names.ts";
import {
  behave,
  bindings,
  eventually,
  freshName,
  idOf,
  pushOf,
  reportOf,
  seenBy,
  targetOf,
} from "./fixtures.ts";

/** The one region whose own object the tests of this project use: further probers report to that. */
const region = bindings.REGION_STATE.getByName(regionObject("oc"));

test("two objects share what is too much for one, and a verdict of either is the region's", async () => {
  // Nine endpoints that are probed every second with a timeout as long: 4.8 slots of four.
  const names = Array.from({ length: 9 }, () => freshName("shared"));
  await region.push(
    pushOf(
      1,
      names.map((name) => targetOf(name)),
    ),
  );
  const healthOf = async () => {
    const { health } = await region.status();
    return names.map((name) => health[idOf(name)]?.reason);
  };
  await eventually(healthOf).toEqual(names.map(() => ""));
  const { probers = [] } = await region.status();
  expect(probers).toMatchObject([{ prober: 1, isSilent: false, blind: false }]);
  const theirs = probers[0]?.endpoints ?? 0;
  expect(theirs).toBeGreaterThan(0);
  expect(theirs).toBeLessThan(names.length);

  for (const name of names) await behave(name, { status: 503 });
  await eventually(healthOf).toEqual(names.map(() => "status 503"));
  const { view } = await region.exchange(reportOf("a", 1));
  // A whole pool at once is beyond what automation takes away, so edges are told of a third, whoever probed it.
  const { held = {} } = await region.status();
  const isTold = (name: string) => view.health[idOf(name)]?.healthy === false;
  expect(names.filter((name) => isTold(name) === idOf(name) in held)).toEqual([]);

  // The prober's instance ends: its share is stored, and its alarm brings it back.
  await evictDurableObject(bindings.REGION_STATE.getByName(proberObject("oc", 1)));
  for (const name of names) await behave(name, {});
  await eventually(healthOf).toEqual(names.map(() => ""));
  for (const name of names) expect((await seenBy(name)).inFlightMax).toBe(1);
});
