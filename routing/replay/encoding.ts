/**
 * What a decision read as text: bytes in base64url. By columns, because most endpoints of a pool are in the same state.
 *
 * ```
 * draws: count and doubles, or `STEPPED` + count and 32 bits each · given: count, (path, leaf) · endpoints: 1 + size and bitmap by place in the shard, or 0, count and places
 * columns: count, (path, 2 + mode, or 1 and a bitmap of the endpoints that have it and mode, values)
 * ```
 */
import { fromBase64Url, toBase64Url } from "../explain/ticket.ts";
import { invariant, ok, type Result, refuse } from "../result.ts";
import type { EndpointId } from "../units.ts";
import { ByteReader, ByteWriter } from "./bytes.ts";
import { columnOf, readColumn } from "./column.ts";
import { type Places, placeIn, readLeaf, writeLeaf } from "./leaf-bytes.ts";
import { readPath, writePath } from "./paths.ts";
import type { Leaf, Leaves, Reads } from "./reads.ts";

/** Errors: throws when an endpoint was asked for that the shard does not have. */
export function encodeReads({ given, endpoints, draws }: Reads, places: Places): string {
  const to = new ByteWriter();
  writeDraws(draws, to);
  to.whole(given.size);
  for (const [path, leaf] of given) {
    writePath(path, places.pools, to);
    writeLeaf(path, leaf, places, to);
  }
  const isTouched = places.endpoints.map((id) => endpoints.has(id as EndpointId));
  const touched = places.endpoints.flatMap((id) => endpoints.get(id as EndpointId) ?? []);
  invariant(touched.length === endpoints.size, "a decision asks only for endpoints of its shard");
  writePlaces(isTouched, to);
  writeColumns(touched, places, to);
  return toBase64Url(to.bytes);
}

/** More than any decision draws. */
const STEPPED = 1_000;
/** Chance comes in steps of this. */
const DRAW_STEP = 2 ** -32;

function writeDraws(draws: readonly number[], to: ByteWriter): void {
  const steps = draws.map((draw) => draw / DRAW_STEP);
  if (draws.length > 0 && draws.length < STEPPED && steps.every(Number.isSafeInteger)) {
    to.whole(STEPPED + draws.length);
    to.packed(steps);
    return;
  }
  to.whole(draws.length);
  for (const draw of draws) to.double(draw);
}

function readDraws(from: ByteReader): readonly number[] {
  const count = from.whole();
  if (count > STEPPED) return from.packed(count - STEPPED).map((step) => step * DRAW_STEP);
  return Array.from({ length: count }, () => from.double());
}

function writeColumns(touched: readonly Leaves[], places: Places, to: ByteWriter): void {
  const paths = [...new Set(touched.flatMap((leaves) => [...leaves.keys()]))];
  to.whole(paths.length);
  for (const path of paths) {
    writePath(path, places.pools, to);
    const has = touched.map((leaves) => leaves.has(path));
    const leaves = touched.filter((_, at) => has[at]).map((one) => one.get(path));
    const { mode, values } = columnOf(path, leaves, places);
    if (has.includes(false)) {
      to.byte(SOME);
      to.bits(has);
      to.byte(mode);
    } else to.byte(EVERY + mode);
    to.append(values);
  }
}

/** Who has a leaf. Older records say `EVERY_APART` and the mode in a byte of its own. */
const [EVERY_APART, SOME, EVERY] = [0, 1, 2];

/** Refusal: what is wrong with the text, or with the shard it is read by. */
export function decodeReads(text: string, places: Places): Result<Reads, string> {
  try {
    const bytes = fromBase64Url(text);
    return bytes === null
      ? refuse("the reads of a record are base64url")
      : ok(decoded(new ByteReader(bytes), places));
  } catch (error) {
    return refuse((error as Error).message);
  }
}

function decoded(from: ByteReader, places: Places): Reads {
  const draws = readDraws(from);
  const given = new Map<string, Leaf>();
  for (let left = from.whole(); left > 0; left -= 1)
    given.set(readPath(from, places.pools), readLeaf(from, places));
  const endpoints = new Map(
    readPlaces(from).map((place) => [
      placeIn(places.endpoints, place) as EndpointId,
      new Map<string, Leaf>(),
    ]),
  );
  readColumns(from, [...endpoints.values()], places);
  if (!from.isOver) throw new RangeError("a record has more bytes than it says");
  return { draws, given, endpoints };
}

function readColumns(
  from: ByteReader,
  touched: readonly Map<string, Leaf>[],
  places: Places,
): void {
  for (let left = from.whole(); left > 0; left -= 1) {
    const path = readPath(from, places.pools);
    const first = from.byte();
    const has = first === SOME ? from.bits(touched.length) : touched.map(() => true);
    const having = touched.filter((_, at) => has[at]);
    const mode = first === SOME || first === EVERY_APART ? from.byte() : first - EVERY;
    const column = readColumn(mode, from, having.length, places);
    for (const [at, leaves] of having.entries()) leaves.set(path, column[at]);
  }
}

/** By a bitmap, or one by one where they are few of many. */
function writePlaces(isTouched: readonly boolean[], to: ByteWriter): void {
  const last = isTouched.lastIndexOf(true) + 1;
  const map = new ByteWriter();
  map.whole(last + 1);
  map.bits(isTouched.slice(0, last));
  const list = new ByteWriter();
  list.whole(0);
  const places = isTouched.flatMap((is, place) => (is ? [place] : []));
  list.whole(places.length);
  for (const [at, place] of places.entries()) list.whole(place - (places[at - 1] ?? 0));
  to.append(map.length <= list.length ? map : list);
}

function readPlaces(from: ByteReader): readonly number[] {
  const size = from.whole();
  if (size > 0) return from.bits(size - 1).flatMap((is, place) => (is ? [place] : []));
  let place = 0;
  return Array.from({ length: from.whole() }, () => {
    place += from.whole();
    return place;
  });
}
