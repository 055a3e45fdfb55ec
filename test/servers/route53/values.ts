/** What Route 53 says of the values of a set, for the types whose values this project writes. */
import { isIPv4, isIPv6 } from "node:net";
import type { R53Set } from "./record-set.ts";

/** RFC 1035, section 3.3: a character string has one byte of length. */
const CHARACTER_STRING_BYTES_MAX = 255;
/** "Values per record: 400." Developer Guide, quotas on records. */
const VALUES_MAX = 400;

export function complaintsOfValues(set: R53Set): string[] {
  const seen = new Set<string>();
  const duplicate = set.values.find((value) => seen.size === seen.add(value).size);
  return [
    ...set.values.flatMap((value) => {
      const problem = problemOf(set.type, value);
      return problem === null
        ? []
        : [`Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`];
    }),
    ...(duplicate === undefined ? [] : [`Duplicate Resource Record: '${duplicate}'`]),
    ...(set.type === "CNAME" && set.values.length > 1
      ? ["Invalid Resource Record: a CNAME set must have one value"]
      : []),
    ...(set.values.length > VALUES_MAX
      ? [`Number of values ${set.values.length} is over the limit of ${VALUES_MAX} in a record set`]
      : []),
  ];
}

function problemOf(type: string, value: string): string | null {
  switch (type) {
    case "A":
      return isIPv4(value) ? null : "ARRDATAIllegalIPv4Address (Value is not a valid IPv4 address)";
    case "AAAA":
      return isIPv6(value)
        ? null
        : "AAAARRDATAIllegalIPv6Address (Value is not a valid IPv6 address)";
    case "TXT":
      return problemOfText(value);
    default:
      return null;
  }
}

function problemOfText(value: string): string | null {
  if (!/^"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*$/.test(value)) {
    return "InvalidCharacterString (Value should be enclosed in quotation marks)";
  }
  const strings = value.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
  const isTooLong = strings.some((one) => bytesOf(one) > CHARACTER_STRING_BYTES_MAX);
  return isTooLong ? "CharacterStringTooLong (Value is too long)" : null;
}

/** Without its quotes; an escape, `\"` or `\052`, is one byte. */
const bytesOf = (quoted: string) =>
  Buffer.byteLength(quoted.slice(1, -1).replace(/\\[0-7]{3}|\\./g, "x"));
