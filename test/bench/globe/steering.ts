/** What is compared: whatever says which pools a request may use, in which order. All else is production's for all of them. */
import type { Pool, SteeringPolicy } from "../../../routing/model.ts";
import type { Rng } from "../../../routing/rng.ts";
import type { Balanced } from "../../../routing/snapshot.ts";
import type { Clock } from "./clock.ts";
import type { IsolateSim } from "./isolate.ts";
import { balancedOf, inOrder } from "./table.ts";
import type { World } from "./world.ts";

export interface Setting {
  readonly world: World;
  readonly pools: readonly Pool[];
  readonly clock: Clock;
  readonly rng: Rng;
  /** Requests per second that arrive at each door now. */
  demand(): readonly number[];
  /** As the probes of one region have it. */
  isHealthy(site: number): boolean;
}

/** The load balancer by which the isolate decides its next request. */
export type Steerer = (isolate: IsolateSim) => Balanced;

export interface Steering {
  readonly name: string;
  readonly isOurs: boolean;
  start(setting: Setting): Steerer;
}

export const ours = (policy: SteeringPolicy): Steering => ({
  name: policy,
  isOurs: true,
  start({ world, pools }) {
    const balanced = balancedOf(world, pools, policy);
    const own = perIsolate(() => ({ ...balanced }));
    return (isolate) => own(isolate, []);
  },
});

/**
 * A baseline says the order of the pools, by their places in the world. Health, ejection, the choice among a pool's endpoints,
 * failover and retries are ours: only the steering differs.
 */
export function byOrder(
  name: string,
  start: (setting: Setting) => (isolate: IsolateSim) => readonly number[],
): Steering {
  return {
    name,
    isOurs: false,
    start(setting) {
      const { world, pools } = setting;
      const balanced = balancedOf(world, pools, "off");
      const shardOf = perIsolate((order) => inOrder(balanced, pools, order));
      const orderOf = start(setting);
      return (isolate) => shardOf(isolate, orderOf(isolate));
    },
  };
}

/** An isolate keeps what it sums per shard, so each has its own objects, one for every order that it uses. */
function perIsolate(make: (order: readonly number[]) => Balanced) {
  const kept = new WeakMap<IsolateSim, Map<string, Balanced>>();
  return (isolate: IsolateSim, order: readonly number[]): Balanced => {
    const own = kept.get(isolate) ?? new Map<string, Balanced>();
    kept.set(isolate, own);
    const key = order.join();
    const balanced = own.get(key) ?? make(order);
    own.set(key, balanced);
    return balanced;
  };
}
