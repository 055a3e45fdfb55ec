import type { ProbeTarget } from "../../routing/exchange.ts";

/** Where probes go: what is learnt about one place says nothing about another. */
export const placeOf = ({ scheme, address, port }: ProbeTarget): string =>
  `${scheme}://${address}:${port}`;

export const isSamePlace = (one: ProbeTarget | undefined, other: ProbeTarget): boolean =>
  one !== undefined && placeOf(one) === placeOf(other);
