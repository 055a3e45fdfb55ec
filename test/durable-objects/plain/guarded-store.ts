/** A ConfigStore whose switches, Directory and instances a test has in hand, with a document whose pools declare what they can take. */
import { Config } from "../../../durable-objects/config/config.ts";
import { HostnameDirectory } from "../../../durable-objects/directory/directory.ts";
import type { Measured } from "../../../routing/guard/measured.ts";
import type { Guard } from "../../../routing/guard/orders.ts";
import type { Target } from "../../../routing/guard/places.ts";
import { anyAddresses } from "../../../routing/table/address.ts";
import type { DirectoryObject, RegionObject } from "../../../workers/ports.ts";
import { type Crash, ObjectWorld } from "../../helpers/object-ports.ts";
import { openDatabase } from "../../helpers/sqlite.ts";
import { balanced, demand, HOST, measured, poolsFrom } from "../../routing/guard/world.ts";

export const by = { actor: "ann", note: "why" };
export const NEAR: Target = { kind: "pool", name: "near" };
export const REGION: Target = { kind: "region", name: "eu-central-1" };

export const DOCUMENT = {
  pools: poolsFrom({
    near: [{ capacity_rps: 100, region: "eu-central-1" }],
    mixed: [
      { capacity_rps: 100, region: "eu-central-1" },
      { capacity_rps: 100, region: "us-east-1" },
    ],
  }),
  load_balancers: { [HOST]: balanced(["near", "mixed"]) },
};
export const CALM = measured([demand(50)]);
export const BUSY = measured([demand(250)]);

/** A store whose switches a test turns. */
export function storeOf(crash?: Crash) {
  const hostnames = new HostnameDirectory({ sql: openDatabase() });
  let meanwhile = async (): Promise<unknown> => null;
  const directory: DirectoryObject = {
    claim: async (...given) => {
      await meanwhile();
      return await hostnames.claim(...given);
    },
    release: (...given) => hostnames.release(...given),
    account: (hostname) => hostnames.account(hostname),
  };
  const region = () =>
    ({ push: async ({ version }) => ({ version }) }) as Partial<RegionObject> as RegionObject;
  const world = new ObjectWorld({
    objects: { region, directory: () => directory },
    ...(crash === undefined ? {} : { crash }),
  });
  const script = { isFrozen: false };
  const begin = () =>
    new Config(world.ports(), {
      account: "acme",
      addresses: anyAddresses,
      isFrozen: () => script.isFrozen,
    });
  const open = () => {
    try {
      return begin();
    } catch {
      // It was made to end while it began.
      return begin();
    }
  };
  const settled = async <T>(answer: Promise<T>): Promise<T> => {
    answer.catch(() => {});
    await world.kernel.run(2_000);
    return await answer;
  };
  let config = open();
  const guard = (given: Measured, force = false): { guard: Guard } => ({
    guard: { measured: given, force },
  });
  const enabled = async () => {
    const { document } = (await settled(config.current())) as {
      document: {
        pools: Record<string, { enabled: boolean; origins: { name: string; enabled: boolean }[] }>;
      };
    };
    return Object.entries(document.pools).flatMap(([name, pool]) => [
      ...(pool.enabled ? [name] : []),
      ...pool.origins.flatMap((one) => (one.enabled ? [`${name}/${one.name}`] : [])),
    ]);
  };
  return {
    ...{ world, script, settled, guard, enabled },
    get config() {
      return config;
    },
    whileClaimed: (work: () => Promise<unknown>) => {
      meanwhile = work;
    },
    reopen: () => {
      config = open();
    },
    propose: (document: object, more: object = {}) =>
      settled(config.propose({ ...by, document, ...more })),
  };
}

export const ALL = ["near", "near/a", "mixed", "mixed/a", "mixed/b"];
