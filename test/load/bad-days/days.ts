/** The menu of bad days: what breaks, when within the day, and for how long. */
import type { PoolName } from "../stage.ts";
import { type Behaving, STALL_MS } from "./servers.ts";

/** What can be done to the stage. */
export type Act =
  | { readonly do: "kill" | "bring-back" | "black-hole" | "thaw"; readonly pool: PoolName }
  /** What every server of a pool does to visitors; a 503 is no probe's, and who is late is late to probes too. */
  | ({
      readonly do: "behave";
      readonly pool: PoolName | "all";
      /** Of each pool, its first server and no other. */
      readonly firstOnly?: boolean;
    } & Behaving)
  /** The words of `npm run fault`. */
  | { readonly do: "fault"; readonly words: readonly string[] }
  /** A change is on its way to the configuration, and the planet is killed under it. */
  | { readonly do: "kill-planet" }
  | { readonly do: "restart-planet" }
  /** An operator sends all traffic to one pool, by mistake; and restores the version before. */
  | { readonly do: "mistake" | "restore" };

export interface Step {
  /** After the fault began. */
  readonly atMs: number;
  readonly act: Act;
}

/** A pool, or one endpoint of it. */
export interface Left {
  readonly pool: PoolName;
  readonly endpoint: string | null;
}

export interface Day {
  readonly name: string;
  readonly says: string;
  /** Of the fault, unless the command line says otherwise. */
  readonly seconds: number;
  /** How long it is watched afterwards. */
  readonly afterSeconds: number;
  /** What traffic should leave; `null`: nobody has to move. */
  readonly leaves: Left | null;
  /** What happens while it lasts; the first step is the fault. */
  steps(durationMs: number): readonly Step[];
  /** What ends it. */
  readonly end: Act;
}

/** The nearest pool of the most colos, and the first of the DNS answer. */
export const BROKEN: PoolName = "europe";
/** In which most colos of the broken pool are. */
const CUT = "weur";

const SECONDS = 20;
/** Where what is asked shows within some rounds of probes. */
const SHORT_SECONDS = 15;
/** A pool comes back within two rounds of probes and ramps up in ten seconds. */
const RAMPED_SECONDS = 20;
/** Where no pool has to come back. */
const CALMED_SECONDS = 10;
/** The square wave of an outage that flapped: reliability.md R17. */
const FLAP_SECONDS = 43;
const FLAPS = 3;
/** Isolates that never knew an object must live too. */
const RECYCLE_AT = 0.33;
/** R2 gives a gray pool 30 s. */
const GRAY_SECONDS = 35;
/** A cold planet on a busy machine takes long to be back. */
const RESTARTED_SECONDS = 30;
/** Nothing listens for so long, and for as long as the start takes. */
const DARK_SECONDS = 1;

const WELL = { do: "behave", pool: "all", fail: 0, stallMs: 0 } as const;
const HEALED = { do: "fault", words: ["heal"] } as const;

const behaving = (
  pool: PoolName | "all",
  but: Partial<Behaving> & { readonly firstOnly?: true },
): Act => ({
  ...WELL,
  pool,
  ...but,
});
const at = (atMs: number, act: Act): Step => ({ atMs, act });
const fault = (...words: string[]): Act => ({ do: "fault", words });

const once =
  (act: Act): Day["steps"] =>
  () => [at(0, act)];

export const DAYS: readonly Day[] = [
  {
    name: "kill",
    says: "all processes of a pool are killed with SIGKILL",
    seconds: SECONDS,
    afterSeconds: RAMPED_SECONDS,
    leaves: { pool: BROKEN, endpoint: null },
    steps: once({ do: "kill", pool: BROKEN }),
    end: { do: "bring-back", pool: BROKEN },
  },
  {
    name: "gray",
    says: "a pool answers 30 % of its visitors with 503, probes are fine",
    seconds: GRAY_SECONDS,
    afterSeconds: RAMPED_SECONDS,
    leaves: { pool: BROKEN, endpoint: null },
    steps: once(behaving(BROKEN, { fail: 0.3 })),
    end: WELL,
  },
  {
    name: "gray-one",
    says: "one of a pool's two servers answers 30 % of its visitors with 503, probes are fine",
    seconds: SHORT_SECONDS,
    afterSeconds: CALMED_SECONDS,
    leaves: { pool: BROKEN, endpoint: `${BROKEN}-0` },
    steps: once(behaving(BROKEN, { fail: 0.3, firstOnly: true })),
    end: WELL,
  },
  {
    name: "half",
    says: "a pool answers half of its visitors with 503, probes are fine",
    seconds: SHORT_SECONDS,
    afterSeconds: RAMPED_SECONDS,
    leaves: { pool: BROKEN, endpoint: null },
    steps: once(behaving(BROKEN, { fail: 0.5 })),
    end: WELL,
  },
  {
    name: "stall",
    says: "a pool accepts everything and answers after 30 s, probes too",
    seconds: SECONDS,
    afterSeconds: RAMPED_SECONDS,
    leaves: { pool: BROKEN, endpoint: null },
    steps: once(behaving(BROKEN, { stallMs: STALL_MS })),
    end: WELL,
  },
  {
    name: "black-hole",
    says: "a pool is silent on what is open and takes no connection any more",
    seconds: SECONDS,
    afterSeconds: RAMPED_SECONDS,
    leaves: { pool: BROKEN, endpoint: null },
    steps: once({ do: "black-hole", pool: BROKEN }),
    end: { do: "thaw", pool: BROKEN },
  },
  {
    name: "cut",
    says: "a region's object is cut off from its isolates, the origins and central",
    seconds: SHORT_SECONDS,
    afterSeconds: CALMED_SECONDS,
    leaves: null,
    steps: once(fault("region", CUT, "cut")),
    end: HEALED,
  },
  {
    name: "flap",
    says: `a pool is killed and comes back, with a period of ${FLAP_SECONDS} s`,
    seconds: FLAPS * FLAP_SECONDS,
    afterSeconds: RAMPED_SECONDS,
    leaves: null,
    steps: flaps,
    end: { do: "bring-back", pool: BROKEN },
  },
  {
    name: "blind",
    says: "no probe of any region gets an answer, every server works",
    seconds: SHORT_SECONDS,
    afterSeconds: CALMED_SECONDS,
    leaves: null,
    steps: once(fault("probes", "hang")),
    end: HEALED,
  },
  {
    name: "objects",
    says: "every Durable Object is gone, and every isolate is replaced meanwhile",
    seconds: 300,
    afterSeconds: CALMED_SECONDS,
    leaves: null,
    steps: (durationMs) => [
      at(0, fault("all-objects", "stop")),
      at(RECYCLE_AT * durationMs, fault("isolate", "all", "recycle")),
    ],
    end: HEALED,
  },
  {
    name: "planet",
    says: "the whole planet is killed in the middle of a change, and starts again from its state",
    seconds: DARK_SECONDS,
    afterSeconds: RESTARTED_SECONDS,
    leaves: null,
    steps: once({ do: "kill-planet" }),
    end: { do: "restart-planet" },
  },
  {
    name: "mistake",
    says: "an operator sends all traffic to one pool, and restores the version before",
    seconds: 10,
    afterSeconds: CALMED_SECONDS,
    leaves: null,
    steps: once({ do: "mistake" }),
    end: { do: "restore" },
  },
  {
    name: "noise",
    says: "every server fails one visitor in 100",
    seconds: SHORT_SECONDS,
    afterSeconds: CALMED_SECONDS,
    leaves: null,
    steps: once(behaving("all", { fail: 0.01 })),
    end: WELL,
  },
];

/** Down for the first half of each period, up for the second. */
function flaps(durationMs: number): readonly Step[] {
  const periodMs = durationMs / FLAPS;
  return Array.from({ length: FLAPS }, (_, index) => [
    at(index * periodMs, { do: "kill", pool: BROKEN } as const),
    at((index + 0.5) * periodMs, { do: "bring-back", pool: BROKEN } as const),
  ]).flat();
}

export interface Times {
  readonly startMs: number;
  readonly durationMs: number;
  readonly totalMs: number;
}

/** Enough requests for a p99 and a share of each pool. */
const BEFORE_SECONDS = 8;

/** `seconds`: how long every fault lasts, instead of its own time; what comes before and after is then not longer. */
export function timesOf(day: Pick<Day, "seconds" | "afterSeconds">, seconds: number | null): Times {
  const longest = seconds ?? Number.POSITIVE_INFINITY;
  const startMs = 1_000 * Math.min(BEFORE_SECONDS, longest);
  const durationMs = 1_000 * (seconds ?? day.seconds);
  const afterMs = 1_000 * Math.min(day.afterSeconds, longest);
  return { startMs, durationMs, totalMs: startMs + durationMs + afterMs };
}
