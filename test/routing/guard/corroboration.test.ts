import { describe, expect, test } from "vitest";
import {
  Heard,
  isCorroborated,
  SILENT,
  SILENT_PATIENCE_MS,
} from "../../../routing/guard/corroboration.ts";

const T0 = 1_800_000_000_000;

interface Seen {
  readonly success?: number;
  readonly failure?: number;
  readonly overload?: number;
  readonly abandoned?: number;
}

/** By the second since `T0`. */
function heard(...reports: readonly (readonly [second: number, seen: Seen])[]): Heard {
  const all = new Heard();
  for (const [second, seen] of reports) {
    const outcomes = { success: 0, failure: 0, overload: 0, abandoned: 0, ...seen };
    all.fold({ outcomes }, T0 + second * 1_000);
  }
  return all;
}

const says = (all: Heard, second: number) => all.word(T0 + second * 1_000).says;

describe("two-views: traffic says of an endpoint", () => {
  test("nothing before anybody asked it, and ten seconds after the last answer", () => {
    expect(heard().word(T0)).toEqual(SILENT);
    expect(says(heard([0, { success: 5 }]), 10)).toBe("silent");
  });

  test("that it works, with the numbers", () => {
    const all = heard([0, { success: 90, failure: 1 }], [1, { success: 9 }]);
    expect(all.word(T0 + 1_000)).toEqual({
      says: "works",
      detail: "99 of 100 requests of the last 10 s were answered",
    });
  });

  test("that it fails as soon as nine of ten tries of two seconds do, however good it was before", () => {
    const before = [0, { success: 10_000 }] as const;
    expect(heard(before, [3, { failure: 2 }]).word(T0 + 3_000)).toEqual({
      says: "fails",
      detail: "2 of the last 2 requests failed",
    });
    expect(says(heard(before, [3, { failure: 9, success: 1 }]), 3)).toBe("fails");
    expect(says(heard(before, [3, { failure: 8, success: 1 }]), 3)).toBe("works");
  });

  test("that it fails when it died amid good answers and every isolate left it at once", () => {
    const all = heard([0, { success: 500, failure: 3 }]);
    expect(says(all, 1)).toBe("works");
    expect(all.word(T0 + 2_000)).toEqual({
      says: "fails",
      detail: "no answer since 3 requests failed",
    });
    expect(says(all, 59)).toBe("fails");
    expect(says(all, 60)).toBe("silent");
  });

  test("that it works again with the first answer after failures", () => {
    const all = heard([0, { failure: 9 }], [5, { success: 1 }]);
    expect(says(all, 5)).toBe("works");
    expect(says(all, 8)).toBe("works");
  });

  test("that it fails when steady answers stop while others are answered, and not when all reports stop", () => {
    const steady = heard(...[0, 1, 2, 3, 4].map((second) => [second, { success: 12 }] as const));
    expect(says(steady, 5)).toBe("works");
    expect(steady.word(T0 + 6_000)).toEqual({
      says: "fails",
      detail: "no answer for 2.0 s, after 60 in the seconds before",
    });
    expect(steady.word(T0 + 8_000, T0 + 4_000).says).toBe("works");
  });

  test("nothing bad when one that is seldom asked is not asked for a while", () => {
    const seldom = heard([0, { success: 1 }], [4, { success: 1 }]);
    for (let second = 5; second <= 9; second += 1) expect(says(seldom, second)).toBe("works");
  });

  test("nothing bad after one failure", () => {
    expect(says(heard([0, { success: 1 }], [1, { failure: 1 }]), 3)).toBe("works");
  });

  test("that a black hole fails, whose visitors all gave up; beside answers they say nothing", () => {
    expect(says(heard([0, { abandoned: 3 }]), 0)).toBe("fails");
    expect(says(heard([0, { abandoned: 30, success: 1 }]), 0)).toBe("works");
  });

  test("that what says it is too busy works: taking it away would make the next one busy", () => {
    expect(says(heard([0, { overload: 30 }]), 0)).toBe("works");
  });
});

test("who works is never taken away beyond the limit, who fails at once, who is silent after half a minute of probes", () => {
  const word = (says: "works" | "fails" | "silent") => ({ says, detail: "" });
  expect(isCorroborated(word("works"), Number.POSITIVE_INFINITY)).toBe(false);
  expect(isCorroborated(word("fails"), 0)).toBe(true);
  expect(isCorroborated(SILENT, SILENT_PATIENCE_MS - 1)).toBe(false);
  expect(isCorroborated(SILENT, SILENT_PATIENCE_MS)).toBe(true);
});
