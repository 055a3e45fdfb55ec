/**
 * The entry check of every method: arguments are plain data from another script, perhaps of another
 * release, so shape and size are looked at before anything is kept.
 */
import { SCHEMA } from "../routing/limits.ts";

/** A caller's mistake. Its sentence names the argument, what was wanted and what came. */
export class BadArgument extends Error {
  override readonly name = "BadArgument";
  constructor(argument: string, wanted: string, found: unknown) {
    const seen = typeof found === "string" ? `${found.length} characters` : String(found);
    super(`${argument} must be ${wanted}; found ${seen.slice(0, 80)}`);
  }
}

/** Longest name, hostname or id that any argument carries; hostnames end at 253. */
export const NAME_CHARACTERS_MAX = 256;

export function text(argument: string, value: unknown, charactersMax = NAME_CHARACTERS_MAX) {
  if (typeof value !== "string" || value.length > charactersMax) {
    throw new BadArgument(argument, `text of at most ${charactersMax} characters`, value);
  }
}

export function whole(argument: string, value: unknown, min = 0) {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < min) {
    throw new BadArgument(argument, `a whole number from ${min}`, value);
  }
}

/** A number that came from a measurement: finite and not negative. */
export function amount(argument: string, value: unknown) {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) {
    throw new BadArgument(argument, "a finite number from 0", value);
  }
}

export function record(
  argument: string,
  value: unknown,
  membersMax: number,
): Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new BadArgument(argument, "a record", value);
  }
  const members = Object.keys(value).length;
  if (members > membersMax) {
    throw new BadArgument(argument, `a record of at most ${membersMax} members`, members);
  }
  return value as Readonly<Record<string, unknown>>;
}

export function list(argument: string, value: unknown, lengthMax: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > lengthMax) {
    throw new BadArgument(argument, `a list of at most ${lengthMax}`, value);
  }
  return value;
}

/** Messages of this release and the one before are understood. */
export function schema(argument: string, value: unknown) {
  if (value !== SCHEMA && value !== SCHEMA - 1) {
    throw new BadArgument(`${argument}.schema`, `${SCHEMA} or ${SCHEMA - 1}`, value);
  }
}
