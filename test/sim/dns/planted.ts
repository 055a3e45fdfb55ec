/** Bugs put around a zone's ledgers by wrapping one part of their world; nothing of the shipped code knows of them. The checkers must find each. */
import { GUARDS } from "../../../routing/dns/guards.ts";
import { markSet } from "../../../routing/dns/mark.ts";
import { changeRatio, fenceAtCommit } from "../../../routing/dns/plan-guards.ts";
import { momentOfEmptiness, neverEmpty } from "../../../routing/dns/record-guards.ts";
import type { Pool } from "../../../routing/model.ts";
import { ok } from "../../../routing/result.ts";
import type { EndpointId, PoolId } from "../../../routing/units.ts";
import type { Listing, Provider } from "../../../workers/central/dns/provider.ts";
import type { Sql } from "../../../workers/ports.ts";
import { ModelZone } from "../../workers/central/dns/model-zone.ts";
import type { DnsOptions } from "./simulate.ts";
import { DOMAIN, GUEST, OWNER } from "./versions.ts";

export interface PlantedDns {
  readonly name: string;
  readonly foundBy: RegExp;
  readonly plant: Omit<DnsOptions, "seed" | "print" | "stepsMax">;
}

/** Writes whatever it is told: the stamp is compared when a plan is made, and never when it is written. */
class Uncomparing extends ModelZone {
  protected override mismatch(): string {
    return "";
  }
}

const listingAs =
  (change: (listing: Listing) => Listing) =>
  (shipped: Provider): Provider => ({
    ...shipped,
    populate: async (signal) => {
      const listing = await shipped.populate(signal);
      return listing.ok ? ok(change(listing.value)) : listing;
    },
  });

const GHOST = "f".repeat(32) as EndpointId;
const HEALTHY = { healthy: true };
const ghostly = (pools: readonly Pool[]): readonly Pool[] =>
  pools.slice(0, 1).map((pool) => ({
    ...pool,
    id: GHOST as string as PoolId,
    origins: pool.origins.slice(0, 1).map((endpoint) => ({ ...endpoint, id: GHOST })),
  }));

/** A ledger that reads its documents wrongly. */
function rereading(what: RegExp, as: string): (shipped: Sql) => Sql {
  return (shipped) => ({
    ...shipped,
    run: (statement, ...parameters) => {
      const rows = shipped.run(statement, ...parameters);
      if (!statement.startsWith("SELECT text FROM documents")) return rows;
      return rows.map((row) => ({ ...row, text: String(row["text"]).replace(what, as) }));
    },
  });
}

export const PLANTED_DNS: readonly PlantedDns[] = [
  {
    name: "the version is compared when a plan is picked up and not when it is written (O1)",
    foundBy: /went back from version|came after write/,
    plant: { model: () => new Uncomparing() },
  },
  {
    name: "what was missing from one configuration is deleted at once, however much it is (O8)",
    foundBy: /was left without an answer/,
    plant: {
      guards: GUARDS.filter((guard) => guard !== changeRatio),
      intent: (shipped) => ({
        ...shipped,
        sync: { ...shipped.sync, limits: { ...shipped.sync.limits, absent_listings: 1 } },
      }),
    },
  },
  {
    name: "whose a set is, is read off wrongly",
    foundBy: /is somebody else's and was changed/,
    plant: {
      provider: listingAs(({ sets, complete }) => ({
        complete,
        sets: [
          ...sets.filter(({ name }) => name !== `a-${GUEST}`),
          markSet(
            DOMAIN,
            { name: GUEST, type: "A" },
            { owner: OWNER, resource: "tradewind/record" },
          ),
        ],
      })),
    },
  },
  {
    name: "the zone's stamp is not listed, so that every plan believes to be the first",
    foundBy: /is not as version/,
    plant: {
      provider: listingAs(({ sets, complete }) => ({
        complete,
        sets: sets.filter(({ name }) => !name.startsWith("_tradewind-")),
      })),
    },
  },
  {
    name: "an older version than the zone's may be written",
    foundBy: /went back from version/,
    plant: { guards: GUARDS.filter((guard) => guard !== fenceAtCommit) },
  },
  {
    name: "a type is changed by itself where sets are written one by one",
    foundBy: /was left without an answer/,
    plant: { guards: GUARDS.filter((guard) => guard !== momentOfEmptiness) },
  },
  {
    name: "an undo may take every answer of a published hostname away",
    foundBy: /lost its answers/,
    plant: { guards: GUARDS.filter((guard) => guard !== neverEmpty) },
  },
  {
    name: "somebody else's mark is taken for ours",
    foundBy: /is somebody else's and was changed/,
    plant: {
      provider: listingAs(({ sets, complete }) => ({
        complete,
        sets: sets.map((set) => ({
          ...set,
          values: set.values.map((value) => value.replace("owner=other", `owner=${OWNER}`)),
        })),
      })),
    },
  },
  {
    name: "what a blind region says counts",
    foundBy: /was left out and is not down/,
    plant: { sight: (shipped) => ({ ...shipped, blind: false }) },
  },
  {
    name: "what a region said long ago counts",
    foundBy: /was left out and is not down/,
    plant: { sight: (shipped) => ({ ...shipped, lastRoundAtMs: Number.MAX_SAFE_INTEGER }) },
  },
  {
    name: "nobody is ever called down",
    foundBy: /answers .* and not/,
    plant: {
      sight: (shipped) => ({
        ...shipped,
        health: Object.fromEntries(
          Object.keys(shipped.health).map((id) => [id, { healthy: true }]),
        ),
      }),
    },
  },
  {
    name: "everything is called down but an endpoint that nobody has",
    foundBy: /were left out while everything was down/,
    plant: {
      sight: (shipped) => ({ ...shipped, health: { ...shipped.health, [GHOST]: HEALTHY } }),
      intent: (shipped) => ({ ...shipped, pools: [...shipped.pools, ...ghostly(shipped.pools)] }),
    },
  },
  {
    name: "a late version has lost a family of addresses",
    foundBy: /lost its AAAA answer/,
    plant: {
      intent: (shipped) => ({
        ...shipped,
        pools: shipped.pools.map((pool) => ({
          ...pool,
          origins: pool.origins.filter(
            ({ address }) => shipped.version % 2 === 0 || !address.includes(":"),
          ),
        })),
      }),
    },
  },
  {
    name: "how fast endpoints were left out is forgotten between two looks",
    foundBy: /endpoints were left out in five minutes/,
    plant: { sql: rereading(/"sinceMs":\d+/g, '"sinceMs":0') },
  },
  {
    name: "a freeze is not read",
    foundBy: /is frozen and wrote/,
    plant: { sql: rereading(/"frozen":true/g, '"frozen":false') },
  },
];
