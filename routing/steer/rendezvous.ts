/**
 * The highest -weight ÷ ln(u), u a hash of client and endpoint in (0, 1): a client stays with its endpoint, and when
 * one goes only its own clients move. Source: weighted rendezvous hashing (Schindelhauer and Schomaker).
 */
import { joined, uniformOf } from "./hash32.ts";
import type { EndpointView } from "./level-view.ts";

/** An index, none of `skip`; -1: nothing is left. Cost: linear, about 30 ns per endpoint. */
export function rendezvous(
  views: readonly EndpointView[],
  skip: readonly number[],
  client: number,
): number {
  let winner = -1;
  let highest = -1;
  for (let index = 0; index < views.length; index += 1) {
    const view = views[index];
    if (view === undefined || skip.includes(index)) continue;
    const score = -view.weight / Math.log(uniformOf(joined(client, view.planned.hash)));
    if (score > highest) {
      highest = score;
      winner = index;
    }
  }
  return winner;
}
