/**
 * One leaf as bytes: small numbers in one, a time as its distance from the decision's, an id as its place in the shard, the key of a
 * client as its hash.
 */
import { invariant } from "../result.ts";
import { hash32 } from "../steer/hash32.ts";
import type { Ms } from "../units.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { type Leaf, OBJECT } from "./reads.ts";
import { keyWithHash } from "./stand-in.ts";

/** What both sides know of the shard: the ids of its endpoints and of its pools, in its order. */
export interface Places {
  readonly nowMs: Ms;
  readonly endpoints: readonly string[];
  readonly pools: readonly string[];
}

/** Written in full nowhere: what names a person, or what a person has sent. */
export const KEY_PATHS: readonly string[] = ["asker.clientKey", "hold.key"];

/** Below this a whole number is its own tag. */
const SMALL_MAX = 200;

/** Append only: records outlive a release. */
const TAGS = [
  undefined,
  null,
  true,
  false,
  OBJECT,
  "whole",
  "negative",
  "age",
  "double",
  "text",
  "endpoint",
  "pool",
  "key",
  "decimal",
] as const;
type Tag = (typeof TAGS)[number];

/** Errors: throws for what is no plain data, such as a function: a decision that reads one cannot be recorded. */
function tagByte(tag: Tag): number {
  const place = TAGS.indexOf(tag);
  invariant(place >= 0, "a decision reads plain data");
  return SMALL_MAX + place;
}

export function writeLeaf(path: string, leaf: Leaf, places: Places, to: ByteWriter): void {
  if (typeof leaf === "number") writeNumber(leaf, places.nowMs, to);
  else if (typeof leaf === "string") writeText(path, leaf, places, to);
  else to.byte(tagByte(leaf));
}

function writeNumber(value: number, nowMs: Ms, to: ByteWriter): void {
  if (isDecimal(value)) {
    to.byte(tagByte("decimal"));
    to.signed(Math.round(value * DECIMAL));
  } else if (!Number.isSafeInteger(value) || Object.is(value, -0)) {
    to.byte(tagByte("double"));
    to.double(value);
  } else if (value >= 0 && value < SMALL_MAX) {
    to.byte(value);
  } else if (isNear(value, nowMs)) {
    to.byte(tagByte("age"));
    to.signed(nowMs - value);
  } else {
    to.byte(tagByte(value < 0 ? "negative" : "whole"));
    to.whole(Math.abs(value));
  }
}

/** Shares and rates come rounded from a region. */
const DECIMAL = 1_000;
const isDecimal = (value: number): boolean =>
  !Number.isInteger(value) &&
  Math.abs(value) < 1e9 &&
  Math.round(value * DECIMAL) / DECIMAL === value;

/** Nearer to the decision than to 0, and so that the distance is exact. */
export const isNear = (value: number, nowMs: Ms): boolean =>
  Number.isSafeInteger(nowMs) && Math.abs(nowMs - value) < Math.abs(value);

function writeText(path: string, text: string, places: Places, to: ByteWriter): void {
  if (text !== "" && KEY_PATHS.includes(path)) {
    to.byte(tagByte("key"));
    to.whole(hash32(text));
    return;
  }
  for (const [tag, ids] of [
    ["endpoint", places.endpoints],
    ["pool", places.pools],
  ] as const) {
    const place = ids.indexOf(text);
    if (place < 0) continue;
    to.byte(tagByte(tag));
    to.whole(place);
    return;
  }
  to.byte(tagByte("text"));
  to.text(text);
}

/** Errors: throws for bytes that no `writeLeaf` has written. */
export function readLeaf(from: ByteReader, places: Places): Leaf {
  const byte = from.byte();
  if (byte < SMALL_MAX) return byte;
  if (byte - SMALL_MAX >= TAGS.length)
    throw new RangeError(`no value of a record begins with ${byte}`);
  const tag = TAGS[byte - SMALL_MAX];
  switch (tag) {
    case "whole":
      return from.whole();
    case "negative":
      return -from.whole();
    case "age":
      return places.nowMs - from.signed();
    case "decimal":
      return from.signed() / DECIMAL;
    case "double":
      return from.double();
    case "text":
      return from.text();
    case "endpoint":
      return placeIn(places.endpoints, from.whole());
    case "pool":
      return placeIn(places.pools, from.whole());
    case "key":
      return keyWithHash(from.whole());
    default:
      return tag;
  }
}

export function placeIn(ids: readonly string[], place: number): string {
  const id = ids[place];
  if (id === undefined) throw new RangeError(`the shard has no place ${place}`);
  return id;
}
