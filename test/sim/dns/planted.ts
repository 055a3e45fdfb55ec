/** Bugs put around a zone's ledgers by wrapping one part of their world; nothing of the shipped code knows of them. The checkers must find each. */
import { GUARDS } from "../../../routing/dns/guards.ts";
import { markSet } from "../../../routing/dns/mark.ts";
import { changeRatio } from "../../../routing/dns/plan-guards.ts";
import { ok } from "../../../routing/result.ts";
import type { Listing, Provider } from "../../../workers/central/dns/provider.ts";
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
];
