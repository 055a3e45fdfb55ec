import { expect } from "vitest";
import { type ConformanceCase, filterRule, mirrorTo, route } from "./case.ts";
import { BOTH_CHANGES, BOTH_SEEN, BOTH_SENT } from "./header-cases.ts";
import { many, withinSpread } from "./many.ts";
import { newId, type Stage } from "./stage.ts";

/** Of 500 copies the share that arrived; upstream's bounds: ±3 standard deviations, up to 5 checks. */
async function share({ gateway, get, seen }: Stage, path: string, ratio: number): Promise<void> {
  for (let check = 1; ; check += 1) {
    const id = newId();
    await many(async () => {
      expect((await get(gateway, `${path}?id=${id}`)).headers["x-pool"]).toBe("v1");
    });
    expect(await seen("v1", id)).toHaveLength(500);
    // Copies are sent when the answer is on its way, so the last ones may arrive a moment later.
    let copies = -1;
    await expect
      .poll(async () => {
        const before = copies;
        copies = (await seen("v2", id)).length;
        return copies === before;
      })
      .toBe(true);
    if (withinSpread(copies, ratio) || check === 5) {
      expect(copies).toSatisfy((count: number) => withinSpread(count, ratio));
      return;
    }
  }
}

const PERCENT = { percent: 20 };
const FRACTION = { fraction: { numerator: 25, denominator: 50 } };
const CHANGED = { percent: 35 };

export const MIRROR_CASES: readonly ConformanceCase[] = [
  {
    name: "HTTPRouteRequestMirror",
    routes: [
      route("request-mirror", [
        filterRule("/mirror", [mirrorTo("v2")], "v1"),
        filterRule("/mirror-and-modify-headers", [BOTH_CHANGES, mirrorTo("v2")], "v1"),
      ]),
    ],
    exchanges: [
      { ask: "/mirror", to: "v1", mirrored: ["v2"] },
      {
        ask: "/mirror-and-modify-headers",
        headers: BOTH_SENT,
        to: "v1",
        seen: BOTH_SEEN,
        mirrored: ["v2"],
      },
    ],
  },
  {
    name: "HTTPRouteRequestMultipleMirrors",
    routes: [
      route("request-multiple-mirrors", [
        filterRule("/multi-mirror", [mirrorTo("v2"), mirrorTo("v3")], "v1"),
        filterRule(
          "/multi-mirror-and-modify-request-headers",
          [BOTH_CHANGES, mirrorTo("v2"), mirrorTo("v3")],
          "v1",
        ),
      ]),
    ],
    exchanges: [
      { ask: "/multi-mirror", to: "v1", mirrored: ["v2", "v3"] },
      {
        ask: "/multi-mirror-and-modify-request-headers",
        headers: BOTH_SENT,
        to: "v1",
        seen: BOTH_SEEN,
        mirrored: ["v2", "v3"],
      },
    ],
  },
  {
    name: "HTTPRouteRequestPercentageMirror",
    routes: [
      route("request-percentage-mirror", [
        filterRule("/percent-mirror", [mirrorTo("v2", PERCENT)], "v1"),
        filterRule("/percent-mirror-fraction", [mirrorTo("v2", FRACTION)], "v1"),
        filterRule(
          "/percent-mirror-and-modify-headers",
          [BOTH_CHANGES, mirrorTo("v2", CHANGED)],
          "v1",
        ),
      ]),
    ],
    exchanges: [
      {
        ask: "/percent-mirror-and-modify-headers",
        headers: BOTH_SENT,
        to: "v1",
        seen: BOTH_SEEN,
      },
    ],
    check: async (stage) => {
      await share(stage, "/percent-mirror", 0.2);
      await share(stage, "/percent-mirror-fraction", 0.5);
      await share(stage, "/percent-mirror-and-modify-headers", 0.35);
    },
  },
];
