import type { SpawnedPlanet } from "../spawn.ts";

interface Seen {
  readonly ms: number;
  /** `null`: the request was lost, which is any answer but a whole 200 within `LOST_MS`. */
  readonly origin: string | null;
}

/** Requests a second from each colo. */
const RATE = 20;
const LOST_MS = 3_000;
/** Fewer requests than this in a row are a look around and no turn. */
const TURN = RATE / 2;

/** People in several colos who ask on and on, whatever happens: each colo sends on time, not on answers. */
export class Visitors {
  readonly #planet: SpawnedPlanet;
  readonly #host: string;
  readonly #seen: ReadonlyMap<string, Seen[]>;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #open = new Set<Promise<void>>();

  constructor(planet: SpawnedPlanet, host: string, colos: readonly string[]) {
    this.#planet = planet;
    this.#host = host;
    this.#seen = new Map(colos.map((colo) => [colo, []]));
    this.#timers = colos.map((colo) => setInterval(() => this.#send(colo), 1_000 / RATE));
  }

  #send(colo: string): void {
    const visit = this.#visit(colo).finally(() => this.#open.delete(visit));
    this.#open.add(visit);
  }

  async #visit(colo: string): Promise<void> {
    const startMs = performance.now();
    const answer = await this.#planet
      .get(this.#host, "/", { colo, timeoutMs: LOST_MS })
      .catch(() => null);
    const whole = answer?.status === 200 && answer.text.endsWith("\n");
    const origin = whole ? String(answer.headers["x-origin"]) : null;
    this.#seen.get(colo)?.push({ ms: performance.now() - startMs, origin });
  }

  seenBy(colo: string): readonly Seen[] {
    return this.#seen.get(colo) ?? [];
  }

  lastOrigin(colo: string): string {
    return this.seenBy(colo).at(-1)?.origin ?? "nobody";
  }

  totals(): { readonly sent: number; readonly lost: number } {
    const all = [...this.#seen.values()].flat();
    return { sent: all.length, lost: all.filter(({ origin }) => origin === null).length };
  }

  /** The origins in the order of their turns: `a 120 → b 80 → a 60`; a turn of a few exploring requests is left out. */
  story(colo: string): string {
    const served = this.seenBy(colo).map(({ origin }) => ({ origin: origin ?? "lost", count: 1 }));
    const long = turnsOf(served).filter(({ origin, count }) => origin === "lost" || count >= TURN);
    return turnsOf(long)
      .map(({ origin, count }) => `${origin} ${count}`)
      .join(" → ");
  }

  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#open);
  }
}

interface Turn {
  readonly origin: string;
  readonly count: number;
}

/** Neighbours of one origin become one turn. */
function turnsOf(served: readonly Turn[]): Turn[] {
  const turns: Turn[] = [];
  for (const { origin, count } of served) {
    const last = turns.at(-1);
    if (last?.origin === origin) turns[turns.length - 1] = { origin, count: last.count + count };
    else turns.push({ origin, count });
  }
  return turns;
}
