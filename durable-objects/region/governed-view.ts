/** What edges are told: verdicts and ejections without those that are held. */
import type { EndpointHealth, RegionView } from "../../routing/exchange.ts";
import type { EndpointId, Ms } from "../../routing/units.ts";

/** `spared`: it was held until probes saw it again, so for edges it was never away. */
export interface Ruling {
  readonly kind: "out" | "held" | "spared";
  /** Of what it is the ruling: when the verdict flipped, when the ejection ends. Another one is another question. */
  readonly key: Ms;
  readonly sinceMs: Ms;
  readonly reason: string;
}

type Told = Pick<RegionView, "health" | "ejected">;
type Rulings = ReadonlyMap<EndpointId, Ruling>;

/** The rulings that make a difference to what edges are told: mostly none. */
export interface Overrides {
  readonly probe: readonly (readonly [EndpointId, Ruling])[];
  readonly passive: readonly (readonly [EndpointId, Ruling])[];
}

export const overridesOf = ({
  probe,
  passive,
}: {
  readonly probe: Rulings;
  readonly passive: Rulings;
}): Overrides => ({
  probe: [...probe].filter(([, { kind }]) => kind !== "out"),
  passive: [...passive].filter(([, { kind }]) => kind === "held"),
});

/**
 * Nothing refutes what an isolate saw for itself (`observedAtMs`), and nothing is coming back (`changedAtMs`): an endpoint that was
 * never away must not be let in slowly.
 */
const HELD_HEALTH: EndpointHealth = { healthy: true, changedAtMs: 0, observedAtMs: 0, reason: "" };

/** The same view while there are none. Cost: linear in the overrides; a copy when one of them changes something. */
export function overlaid<V extends Told>(view: V, { probe, passive }: Overrides): V {
  const health: Record<EndpointId, EndpointHealth> = {};
  for (const [endpoint, { kind, key }] of probe) {
    const known = view.health[endpoint];
    if (known?.changedAtMs !== key) continue;
    health[endpoint] = kind === "held" ? HELD_HEALTH : { ...known, changedAtMs: 0 };
  }
  const isLess = passive.some(([endpoint, { key }]) => view.ejected?.[endpoint]?.untilMs === key);
  const isOther = Object.keys(health).length > 0;
  if (!isOther && !isLess) return view;
  const without = new Map(passive.map(([endpoint, { key }]) => [endpoint as string, key]));
  const ejected = Object.entries(view.ejected ?? {}).filter(
    ([endpoint, { untilMs }]) => without.get(endpoint) !== untilMs,
  );
  return {
    ...view,
    health: isOther ? { ...view.health, ...health } : view.health,
    ...(isLess ? { ejected: Object.fromEntries(ejected) } : {}),
  };
}
