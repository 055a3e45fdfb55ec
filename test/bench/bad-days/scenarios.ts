/** The bad days of test/load/bad-days that a single proxy can have: a quarter of the servers is the pool that breaks. */
import { type Behaviour, SERVING, serving } from "../tail/behaviour.ts";
import type { Course } from "../tail/repeat.ts";
import { BASE_LOAD, type Step } from "../tail/scenarios.ts";
import { capacityPerSecond, serversWith, WORKERS } from "../tail/servers.ts";

export interface BadDay extends Course {
  readonly says: string;
  readonly seconds: number;
}

/** Three fast ones of twelve: those that are left can carry 1.2 × the load. */
export const BROKEN: readonly number[] = [3, 4, 5];
/** Each day: calm, fault, calm again. */
const CALM = 0.2;
const FAULT = 0.5;
const SECONDS = 25;
const FLAP_SECONDS = 43;
const FLAPS = 2;
const ALL = serversWith(WORKERS).map((_, index) => index);

/** `seconds`: how long every day lasts, instead of its own time. */
export function badDays(seconds: number | null): readonly BadDay[] {
  const day = (
    name: string,
    says: string,
    stepsIn: (ms: number) => readonly Step[],
    own: number = SECONDS,
  ): BadDay => {
    const lasts = seconds ?? own;
    const ms = 1_000 * lasts;
    const ratePerSecond = BASE_LOAD * capacityPerSecond(serversWith(WORKERS));
    const phases = [{ ms, ratePerSecond }];
    return { name, says, seconds: lasts, workers: WORKERS, phases, steps: stepsIn(ms) };
  };
  const broken =
    (behaviour: Behaviour, servers: readonly number[] = BROKEN) =>
    (ms: number): readonly Step[] =>
      servers.flatMap((server) => [
        { atMs: CALM * ms, server, behaviour },
        { atMs: (CALM + FAULT) * ms, server, behaviour: SERVING },
      ]);
  return [
    day("kill", "killed at once, back later", broken({ do: "killed" })),
    day("gray", "30 % answered with 503, probes are fine", broken(serving({ failRatio: 0.3 }))),
    day(
      "gray-one",
      "one of them answers 30 % with 503, probes are fine",
      broken(serving({ failRatio: 0.3 }), BROKEN.slice(0, 1)),
    ),
    day("half", "half answered with 503, probes are fine", broken(serving({ failRatio: 0.5 }))),
    day("stall", "accepts and does not answer, probes neither", broken({ do: "silent" })),
    day("black-hole", "silent, and takes no connection any more", broken({ do: "black-hole" })),
    day("flap", `killed and back, with a period of ${FLAP_SECONDS} s`, flaps, FLAPS * FLAP_SECONDS),
    day(
      "blind",
      "no probe of any server is answered, visitors are",
      broken({ do: "probe-dead" }, ALL),
    ),
    day(
      "noise",
      "every server fails one visitor in 100",
      broken(serving({ failRatio: 0.01 }), ALL),
    ),
  ];
}

/** Up for the first half of each period, down for the second: the day begins calm. */
function flaps(ms: number): readonly Step[] {
  const periodMs = ms / FLAPS;
  return Array.from({ length: FLAPS }, (_, index) => index * periodMs).flatMap((fromMs) =>
    BROKEN.flatMap((server) => [
      ...(fromMs === 0 ? [] : [{ atMs: fromMs, server, behaviour: SERVING }]),
      { atMs: fromMs + periodMs / 2, server, behaviour: { do: "killed" } } as const,
    ]),
  );
}
