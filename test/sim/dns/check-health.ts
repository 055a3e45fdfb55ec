/** That DNS moves by health as far as it may: nobody is left out whom those who see do not call down, not all at once, and in the end the right ones answer. */
import { documents } from "../../../durable-objects/storage/documents.ts";
import type { Intent } from "../../../routing/dns/intent.ts";
import type { RecordSet } from "../../../routing/dns/record.ts";
import type { Standings } from "../../../routing/dns/standing.ts";
import type { Endpoint, Pool } from "../../../routing/model.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";
import { readMemory } from "../../../workers/central/sync/memory.ts";
import type { Database } from "../../helpers/sqlite.ts";
import { ENDPOINTS } from "./versions.ts";

/** As `standing.ts` promises them, less the longest listing: a look's time is that of its beginning. */
const WINDOW_MS = 300_000 - 75_000;
const SHARE_MAX = 0.34;

interface Seen {
  readonly atMs: Ms;
  readonly down: ReadonlySet<EndpointId>;
  readonly pools: readonly Pool[];
}

/** Of one ledger: what it left out after each look, against what could be seen then. */
export class HealthChecker {
  readonly #name: string;
  readonly #database: Database;
  readonly #violated: (sentence: string) => void;
  #before: Standings = {};
  #seen: Seen | null = null;
  /** When each endpoint was left out, the newest last. */
  readonly #left: { readonly id: EndpointId; readonly atMs: Ms; readonly isWhole: boolean }[] = [];

  constructor(name: string, database: Database, violated: (sentence: string) => void) {
    this.#name = name;
    this.#database = database;
    this.#violated = violated;
  }

  /** Call it when a look asks the regions: what is stored by now is of the look before. */
  look(seen: Seen): void {
    this.check();
    this.#seen = seen;
  }

  check(): void {
    const { standings } = readMemory(documents(this.#database));
    const before = this.#before;
    this.#before = standings;
    const seen = this.#seen;
    if (seen === null) return;
    const isOut = (id: EndpointId) => standings[id]?.isOut === true;
    const left = ENDPOINTS.filter(({ id }) => isOut(id) && before[id]?.isOut !== true);
    // Who is not wanted for a while is forgotten.
    const back = ENDPOINTS.filter(
      ({ id }) => standings[id]?.isOut === false && before[id]?.isOut === true,
    );
    for (const { id, name } of left) {
      if (!seen.down.has(id)) this.#violated(`${this.#name}: ${name} was left out and is not down`);
    }
    const wanted = seen.pools.map(wantedOf);
    const isAllDown = ENDPOINTS.every(({ id }) => seen.down.has(id));
    if (isAllDown && left.length > 0) {
      this.#violated(`${this.#name}: ${left.length} were left out while everything was down`);
    }
    for (const { id, name } of back) {
      if (seen.down.has(id)) this.#violated(`${this.#name}: ${name} came back and is down`);
    }
    for (const pool of wanted) this.#velocity(pool, left, isOut, seen.atMs);
  }

  #velocity(
    pool: readonly Endpoint[],
    left: readonly Endpoint[],
    isOut: (id: EndpointId) => boolean,
    atMs: Ms,
  ): void {
    const own = left.filter((one) => pool.some(({ id }) => id === one.id));
    if (own.length === 0) return;
    const isWhole = pool.every(({ id }) => isOut(id));
    for (const { id } of own) this.#left.push({ id, atMs, isWhole });
    const recent = this.#left.filter(
      (one) => one.atMs > atMs - WINDOW_MS && pool.some(({ id }) => id === one.id) && isOut(one.id),
    );
    const gone = new Set(recent.map(({ id }) => id)).size;
    if (!isWhole && gone > Math.max(1, SHARE_MAX * pool.length)) {
      this.#violated(
        `${this.#name}: ${gone} of ${pool.length} endpoints were left out in five minutes`,
      );
    }
  }
}

const wantedOf = ({ enabled, origins }: Pool): readonly Endpoint[] =>
  enabled ? origins.filter((one) => one.enabled && one.weight > 0) : [];

const isV6 = ({ address }: Endpoint): boolean => address.includes(":");

/** What a hostname must answer when all is known for long: of the first pool with anything alive what is, and of a family without that all. */
export function answersExpected(
  { publications, pools }: Intent,
  dead: ReadonlySet<EndpointId>,
): readonly Pick<RecordSet, "name" | "type" | "values">[] {
  return publications.flatMap(({ balancer }) => {
    const order = [...balancer.default_pools, balancer.fallback_pool].map((id) =>
      wantedOf(pools.find((pool) => pool.id === id) as Pool),
    );
    const serving = order.find((pool) => pool.some(({ id }) => !dead.has(id))) ?? [];
    return [false, true].map((v6) => {
      const family = serving.filter((endpoint) => isV6(endpoint) === v6);
      const alive = family.filter(({ id }) => !dead.has(id));
      const values = (alive.length > 0 ? alive : family).map(({ address }) =>
        address.replace(/^\[|\]$/g, ""),
      );
      return { name: balancer.name, type: v6 ? "AAAA" : "A", values: values.sort() };
    });
  });
}
