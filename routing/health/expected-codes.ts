/**
 * A monitor's `expected_codes`: `200`, `2xx`, `200-299`, and lists of these with commas.
 */
import { ok, type Result, refuse } from "../result.ts";

/** Ranges of status codes, both ends included. */
export type ExpectedCodes = readonly (readonly [low: number, high: number])[];

export interface CodesRefusal {
  readonly reason: "not-a-code" | "out-of-range" | "backwards" | "too-many";
  /** The part that is wrong. */
  readonly part: string;
}

/** There are only 500 codes; nobody lists a tenth of them one by one. */
const PARTS_MAX = 50;

const CODE = /^\d{3}$/;
const CLASS = /^[1-5]xx$/i;
const RANGE = /^(\d{3})-(\d{3})$/;

export function parseExpectedCodes(text: string): Result<ExpectedCodes, CodesRefusal> {
  const parts = text.split(",", PARTS_MAX + 1);
  if (parts.length > PARTS_MAX) return refuse({ reason: "too-many", part: parts[PARTS_MAX] ?? "" });
  const ranges: (readonly [number, number])[] = [];
  for (const part of parts) {
    const parsed = parsePart(part.trim());
    if (!parsed.ok) return parsed;
    ranges.push(parsed.value);
  }
  return ok(ranges);
}

export const isExpected = (codes: ExpectedCodes, status: number): boolean =>
  codes.some(([low, high]) => status >= low && status <= high);

function parsePart(part: string): Result<readonly [number, number], CodesRefusal> {
  if (CLASS.test(part)) {
    const low = Number(part[0]) * 100;
    return ok([low, low + 99]);
  }
  const range = RANGE.exec(part);
  if (range === null && !CODE.test(part)) return refuse({ reason: "not-a-code", part });
  const low = Number(range?.[1] ?? part);
  const high = Number(range?.[2] ?? part);
  if (low < 100 || high > 599) return refuse({ reason: "out-of-range", part });
  return low <= high ? ok([low, high]) : refuse({ reason: "backwards", part });
}
