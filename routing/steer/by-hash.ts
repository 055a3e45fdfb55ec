/**
 * The endpoint that a client belongs to, under a bounded load: where its own is full it goes on to its next one, always the
 * same, until one has room. Source: Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads".
 *
 * Small levels ask every endpoint (rendezvous), large ones a table (Maglev); a level that grows beyond `RENDEZVOUS_MAX`
 * deals its clients anew, once. An endpoint that is gone for the moment stays in the table and is passed over, so only its
 * own clients move.
 */
import { hash32, joined, uniformOf } from "./hash32.ts";
import type { EndpointView, LevelView } from "./level-view.ts";
import { type Lot, withIndex } from "./lot.ts";
import { tableOf } from "./maglev.ts";
import type { PlannedLevel } from "./plan.ts";
import { rendezvous } from "./rendezvous.ts";

/** Rendezvous is exact and needs no table; beyond this many endpoints it would cost more than all the rest of a decision. */
export const RENDEZVOUS_MAX = 32;

/** The bound: this many times an endpoint's part of what is in flight. Envoy's and HAProxy's examples are 1.25 to 2. */
const BOUND = 1.25;
/**
 * Below this many requests of one isolate nothing is full. It sees a thousandth of the traffic, and a part of next to
 * nothing is 1: without it the requests for one page would be spread over the pool. A browser sends six at once.
 */
const ALWAYS_ROOM_FOR = 8;

/** Shape: `lot` is of the level, `skip` as of `draw`. `pending`: requests of this isolate in flight in the whole pool. */
export function byHash(
  { planned }: LevelView,
  lot: Lot<EndpointView>,
  skip: readonly number[],
  clientKey: string,
  pending: number,
): EndpointView | undefined {
  const client = hash32(clientKey);
  const hasRoom = ({ weight, live }: EndpointView): boolean =>
    live.now.load.pending < roomOf(weight / lot.scale.total, pending);
  return planned.endpoints.length > RENDEZVOUS_MAX
    ? byTable(planned, lot, skip, client, hasRoom)
    : byScore(lot, skip, client, hasRoom);
}

/** How many may be in flight at an endpoint that has this part of the weight. */
export const roomOf = (part: number, pending: number): number =>
  Math.max(ALWAYS_ROOM_FOR, Math.ceil(BOUND * (pending + 1) * part));

type HasRoom = (view: EndpointView) => boolean;

function byScore(
  { views }: Lot<EndpointView>,
  skip: readonly number[],
  client: number,
  hasRoom: HasRoom,
): EndpointView | undefined {
  const own = views[rendezvous(views, skip, client)];
  let passed = skip;
  for (let next = own; next !== undefined; next = views[rendezvous(views, passed, client)]) {
    if (hasRoom(next)) return next;
    passed = withIndex(passed, views.indexOf(next));
  }
  return own;
}

/** A client goes as many slots on; after them the level is nearly gone or nearly full, and every one is asked. */
const STEPS_MAX = 32;

function byTable(
  planned: PlannedLevel,
  lot: Lot<EndpointView>,
  skip: readonly number[],
  client: number,
  hasRoom: HasRoom,
): EndpointView | undefined {
  const table = tableOf(planned);
  const places = placesIn(lot, planned);
  let own: EndpointView | undefined;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    // Slots beside each other are of endpoints that have nothing to do with each other.
    const place = table[(client + step) % table.length] ?? 0;
    const index = places[place] ?? -1;
    const view = lot.views[index];
    if (view === undefined || skip.includes(index) || !hasBack(view, client)) continue;
    own ??= view;
    if (hasRoom(view)) return view;
  }
  return oneByOne(lot, skip, client, hasRoom) ?? own;
}

/** An endpoint on its way back has a part of its clients back, more and more of the same ones. */
function hasBack({ weight, planned }: EndpointView, client: number): boolean {
  return (
    weight >= planned.weight || uniformOf(joined(planned.hash, client)) < weight / planned.weight
  );
}

/** From the client's own place on, so that clients without an endpoint do not all meet at one. */
function oneByOne(
  { views }: Lot<EndpointView>,
  skip: readonly number[],
  client: number,
  hasRoom: HasRoom,
): EndpointView | undefined {
  let last: EndpointView | undefined;
  for (let step = 0; step < views.length; step += 1) {
    const index = (client + step) % views.length;
    const view = views[index];
    if (view === undefined || skip.includes(index)) continue;
    if (hasRoom(view)) return view;
    last ??= view;
  }
  return last;
}

const placed = new WeakMap<Lot<EndpointView>, Int32Array>();

/** Where in the lot each endpoint of the level is; -1 = it is not. 4 bytes per endpoint. */
function placesIn(lot: Lot<EndpointView>, { endpoints }: PlannedLevel): Int32Array {
  const known = placed.get(lot);
  if (known !== undefined) return known;
  const places = new Int32Array(endpoints.length).fill(-1);
  for (const [index, { planned }] of lot.views.entries()) places[planned.at] = index;
  placed.set(lot, places);
  return places;
}
