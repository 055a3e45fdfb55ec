import { describe, expect, test } from "vitest";
import type { Know } from "../../../routing/steer/knowledge.ts";
import { isPanicking, panicLevels, panicOf } from "../../../routing/steer/panic.ts";
import { planOf } from "../../../routing/steer/plan.ts";
import { viewOf } from "../../../routing/steer/pool-view.ts";
import {
  down,
  ejected,
  ejection,
  endpoint,
  endpointsOf,
  knowing,
  NOW,
  pool,
  shardOf,
  verdict,
} from "./world.ts";

const NAMES = ["e1", "e2", "e3", "e4", "e5", "e6"];

function plannedPool(size: number) {
  const [planned] = planOf(shardOf([pool("p", NAMES.slice(0, size))])).defaults;
  if (planned === undefined) throw new Error("the shard has one pool");
  return planned;
}

const see = (size: number, know: Know) => viewOf(plannedPool(size), know, true, NOW);

const names = (views: readonly { planned: { endpoint: { name: string } } }[]) =>
  views.map(({ planned }) => planned.endpoint.name);

describe("panic", () => {
  test("begins below half", () => {
    expect(isPanicking(see(4, knowing({ e1: down, e2: down })))).toBe(false);
    expect(isPanicking(see(4, knowing({ e1: down, e2: down, e3: down })))).toBe(true);
  });

  const used = (size: number, know: Know) =>
    endpointsOf({ levels: panicLevels(see(size, know), know, true, NOW) });
  const panicked = (size: number, know: Know) => names(used(size, know));

  test("uses every endpoint although the region says no", () => {
    expect(panicked(3, knowing({ e1: down, e2: down, e3: down }))).toEqual(["e1", "e2", "e3"]);
  });

  test("uses what the region has ejected, too", () => {
    const ejectedByRegion = { untilMs: NOW + 5_000, reason: "" };
    expect(panicked(3, knowing({ e1: { ejectedByRegion }, e2: down, e3: down }))).toEqual([
      "e1",
      "e2",
      "e3",
    ]);
  });

  test("still believes what this isolate has seen itself", () => {
    const both = { ...down, ...ejected };
    expect(panicked(3, knowing({ e1: both, e2: down, e3: both }))).toEqual(["e2"]);
  });

  test("uses all when that speaks against all", () => {
    const both = { ...down, ...ejected };
    expect(panicked(2, knowing({ e1: both, e2: both }))).toEqual(["e1", "e2"]);
  });

  test("knows ripe from ejected", () => {
    const ripe = { ...down, ejection: ejection({ untilMs: NOW }) };
    const know = knowing({ e1: down, e2: ripe });
    expect(used(2, know).map(({ ripe }) => ripe)).toEqual([false, true]);
  });

  test("above half changes nothing", () => {
    const know = knowing({ e1: down });
    const view = see(3, know);
    expect(panicLevels(view, know, true, NOW)).toBe(view.levels);
  });
});

describe("priority levels", () => {
  const LEVELS = pool("p", [
    ...["a1", "a2", "a3", "a4"].map((id) => endpoint(id)),
    ...["b1", "b2", "b3", "b4"].map((id) => endpoint(id, { priority: 1 })),
  ]);
  const allBut = (...up: readonly string[]) =>
    Object.fromEntries(
      LEVELS.origins.filter(({ id }) => !up.includes(id)).map(({ id }) => [id, down]),
    );

  function panicking(known: Parameters<typeof knowing>[0]) {
    const [planned] = planOf(shardOf([LEVELS])).defaults;
    if (planned === undefined) throw new Error("the shard has one pool");
    const know = knowing(known);
    const view = viewOf(planned, know, true, NOW);
    return {
      panics: panicOf(view.sums),
      levels: panicLevels(view, know, true, NOW).map(
        ({ usable, share }) => `${Math.round(100 * share)} % ${names(usable.views).join(" ")}`,
      ),
    };
  }

  test("one of four here and one of four there: both panic", () => {
    expect(panicking(allBut("a1", "b1"))).toEqual({
      panics: [true, true],
      levels: ["50 % a1 a2 a3 a4", "50 % b1 b2 b3 b4"],
    });
  });

  test("a level above half does not panic beside one that does", () => {
    expect(panicking(allBut("b1", "b2"))).toEqual({
      panics: [true, false],
      levels: ["0 % a1 a2 a3 a4", "100 % b1 b2"],
    });
  });

  test("nothing panics while the levels together can take everything", () => {
    expect(panicking(allBut("a1", "b1", "b2", "b3"))).toEqual({
      panics: [false, false],
      levels: ["35 % a1", "65 % b1 b2 b3"],
    });
  });

  test("with nothing left the first level that this isolate trusts takes everything", () => {
    expect(panicking(allBut()).levels).toEqual(["100 % a1 a2 a3 a4", "0 % b1 b2 b3 b4"]);
    const own = { ...down, ...ejected };
    const distrusted = { ...allBut(), a1: own, a2: own, a3: own, a4: own };
    expect(panicking(distrusted).levels).toEqual(["100 % b1 b2 b3 b4"]);
  });

  test("the share of a level that this isolate does not trust is shared by the others", () => {
    const names = ["a", "b", "c"].flatMap((name) => [1, 2, 3, 4, 5].map((n) => `${name}${n}`));
    const origins = names.map((id) => endpoint(id, { priority: id.charCodeAt(0) }));
    const [planned] = planOf(shardOf([pool("t", origins)])).defaults;
    if (planned === undefined) throw new Error("the shard has one pool");
    const isUp = (id: string) => id.endsWith("1");
    const know = knowing(
      Object.fromEntries(
        names.map((id) => [
          id,
          {
            // A probe after it refutes an ejection, but in panic probes are not believed.
            ...(isUp(id) ? { health: verdict(true, 0) } : down),
            ...(id.startsWith("a") ? ejected : {}),
          },
        ]),
      ),
    );
    const view = viewOf(planned, know, true, NOW);
    expect(view.levels.map(({ share }) => share)).toEqual(
      [1, 1, 1].map(() => expect.closeTo(1 / 3, 9)),
    );
    const shares = panicLevels(view, know, true, NOW).map(({ share }) => share);
    expect(shares).toEqual([0.5, 0.5].map((share) => expect.closeTo(share, 9)));
  });

  test("a share that nothing is left for goes to the other level", () => {
    const own = { ...down, ...ejected };
    const known = { ...allBut("b1"), b1: ejected, b2: own, b3: own, b4: own };
    expect(panicking(known).levels).toEqual(["100 % a1 a2 a3 a4"]);
  });
});
