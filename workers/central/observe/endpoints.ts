/** What endpoints and pools are called: verdicts and reports carry ids, operators read names. */
import type { EndpointId, Ms, PoolId } from "../../../routing/units.ts";
import { ask, REGION_TIMEOUT_MS } from "../http/ask.ts";
import type { Central } from "../http/routes.ts";

export interface EndpointName {
  readonly id: EndpointId;
  readonly pool: string;
  readonly endpoint: string;
  readonly address: string;
  readonly cloud: string;
  readonly enabled: boolean;
  /** Of its monitor; 0 = nobody says. */
  readonly intervalMs: Ms;
}

export interface EndpointNames {
  /** The version they are from; `null` before the first, or when it was never learnt. */
  readonly version: number | null;
  /** False: the configuration store did not answer, and these are the last names it told. */
  readonly isCurrent: boolean;
  /** In the order of the document. */
  readonly endpoints: readonly EndpointName[];
  readonly pools: ReadonlyMap<PoolId, string>;
}

const NOTHING = { version: null, endpoints: [], pools: new Map<PoolId, string>() };

/**
 * The names of the current version. A version is read once per isolate; while the configuration store does
 * not answer, the last names serve on, because health must be readable then most of all.
 */
export class NameBook {
  #known: Omit<EndpointNames, "isCurrent"> = NOTHING;
  #etag = "";

  async read(central: Central): Promise<EndpointNames> {
    const { ports, account } = central;
    const refresh = async () => {
      const config = ports.objects.config(account);
      const etag = (await config.versions())[0]?.etag ?? "";
      if (etag === this.#etag) return;
      const current = await config.current();
      this.#etag = current?.etag ?? "";
      this.#known =
        current === null
          ? NOTHING
          : {
              version: current.version,
              endpoints: endpointsOf(current.document),
              pools: poolsOf(current.document),
            };
    };
    const { ok: isCurrent } = await ask(ports, refresh, REGION_TIMEOUT_MS);
    return { ...this.#known, isCurrent };
  }
}

type Fields = Readonly<Record<string, unknown>>;

/** The store's own document: pools by name, every endpoint with its id. */
function endpointsOf(document: unknown): readonly EndpointName[] {
  const { pools, monitors } = fieldsOf(document);
  const intervals = intervalsOf(fieldsOf(monitors));
  return Object.entries(fieldsOf(pools)).flatMap(([pool, value]) => {
    const { origins, enabled, monitor } = fieldsOf(value);
    if (!Array.isArray(origins)) return [];
    const intervalMs = intervals.get(String(monitor)) ?? 0;
    return origins.map((origin: unknown) => {
      const { id, name, address, port, locality, ...fields } = fieldsOf(origin);
      return {
        id: String(id) as EndpointId,
        pool,
        endpoint: String(name),
        address: typeof port === "number" && port > 0 ? `${address}:${port}` : String(address),
        cloud: placeOf(fieldsOf(locality)),
        enabled: enabled !== false && fields["enabled"] !== false,
        intervalMs,
      };
    });
  });
}

/** By name and by id: a pool refers to its monitor by either. */
function intervalsOf(monitors: Fields): ReadonlyMap<string, Ms> {
  return new Map(
    Object.entries(monitors).flatMap(([name, value]) => {
      const { id, interval } = fieldsOf(value);
      const ms = typeof interval === "number" ? interval * 1_000 : 0;
      return [
        [name, ms],
        [String(id), ms],
      ] as const;
    }),
  );
}

function poolsOf(document: unknown): ReadonlyMap<PoolId, string> {
  const pools = Object.entries(fieldsOf(fieldsOf(document)["pools"]));
  return new Map(pools.map(([name, value]) => [String(fieldsOf(value)["id"]) as PoolId, name]));
}

const placeOf = ({ cloud, region }: Fields): string =>
  cloud === undefined ? "" : `${cloud} ${region}`;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null ? (value as Fields) : {};
