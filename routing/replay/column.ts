/**
 * The same leaf of many endpoints as bytes. What is equal for all is written once, measured times without a tag each: a pool of 30
 * with every estimate read is 400 bytes.
 */
import type { ByteReader } from "./bytes.ts";
import { ByteWriter } from "./bytes.ts";
import { isNear, type Places, readLeaf, writeLeaf } from "./leaf-bytes.ts";
import type { Leaf } from "./reads.ts";

/** Append only. */
const MODES = ["equal", "mixed", "doubles", "ages", "wholes", "few"] as const;
type Mode = (typeof MODES)[number];

export interface Column {
  /** Range: 0..127. */
  readonly mode: number;
  readonly values: ByteWriter;
}

/** The shortest there is. Shape: at least one leaf. */
export function columnOf(path: string, leaves: readonly Leaf[], places: Places): Column {
  const candidates = modesFor(leaves, places).map((mode) => written(mode, path, leaves, places));
  return candidates.reduce((best, one) => (one.values.length < best.values.length ? one : best));
}

function modesFor(leaves: readonly Leaf[], { nowMs }: Places): readonly [Mode, ...Mode[]] {
  if (leaves.every((leaf) => Object.is(leaf, leaves[0]))) return ["equal"];
  const modes: [Mode, ...Mode[]] = ["mixed"];
  // A set takes the two zeros for one.
  if (!leaves.some((leaf) => Object.is(leaf, -0))) modes.push("few");
  if (leaves.every((leaf) => typeof leaf === "number")) modes.push("doubles");
  if (!leaves.every((leaf) => Number.isSafeInteger(leaf) && !Object.is(leaf, -0))) return modes;
  if (leaves.every((leaf) => Number(leaf) >= 0)) modes.push("wholes");
  if (leaves.every((leaf) => isNear(Number(leaf), nowMs) && Number(leaf) <= nowMs))
    modes.push("ages");
  return modes;
}

function written(mode: Mode, path: string, leaves: readonly Leaf[], places: Places): Column {
  const to = new ByteWriter();
  const numbers = () => leaves.map(Number);
  if (mode === "few") writeFew(path, leaves, places, to);
  else if (mode === "wholes") to.packed(numbers());
  else if (mode === "ages") to.packed(numbers().map((at) => places.nowMs - at));
  else if (mode === "doubles") for (const value of numbers()) to.double(value);
  else
    for (const leaf of mode === "equal" ? leaves.slice(0, 1) : leaves)
      writeLeaf(path, leaf, places, to);
  return { mode: MODES.indexOf(mode), values: to };
}

/** Each value once, and then for each endpoint which of them it is, in as many bits as that takes. */
function writeFew(path: string, leaves: readonly Leaf[], places: Places, to: ByteWriter): void {
  const values = new Map<Leaf, number>();
  for (const leaf of leaves) if (!values.has(leaf)) values.set(leaf, values.size);
  to.whole(values.size);
  for (const value of values.keys()) writeLeaf(path, value, places, to);
  to.packed(leaves.map((leaf) => values.get(leaf) ?? 0));
}

function readFew(from: ByteReader, count: number, places: Places): readonly Leaf[] {
  const values = Array.from({ length: from.whole() }, () => readLeaf(from, places));
  return from.packed(count).map((which) => values[which]);
}

/** Errors: throws for a mode and bytes that no `columnOf` has made. */
export function readColumn(
  mode: number,
  from: ByteReader,
  count: number,
  places: Places,
): readonly Leaf[] {
  switch (MODES[mode]) {
    case "equal":
      return new Array<Leaf>(count).fill(readLeaf(from, places));
    case "mixed":
      return Array.from({ length: count }, () => readLeaf(from, places));
    case "doubles":
      return Array.from({ length: count }, () => from.double());
    case "wholes":
      return from.packed(count);
    case "few":
      return readFew(from, count, places);
    case "ages":
      return from.packed(count).map((ageMs) => places.nowMs - ageMs);
    default:
      throw new RangeError("no column of a record is written like this");
  }
}
