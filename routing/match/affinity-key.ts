/**
 * The key of a request whose session is told by its headers: equal headers, equal key, at every isolate and without memory.
 *
 * Only headers that go on to an endpoint count; a rule of the parser keeps the others out of a load balancer.
 */
import { hash32 } from "../steer/hash32.ts";
import type { AffinityTerms } from "./affinity-terms.ts";

/** "" = the request has no session: none of the headers, or not all where all are needed. Cost: ~1 ns a character of them. */
export function headerKeyOf(
  { headers: wanted, needsAll }: Pick<AffinityTerms, "headers" | "needsAll">,
  headers: Readonly<Record<string, string>>,
): string {
  const parts = wanted.flatMap((item) => partsOf(item, headers));
  const there = parts.filter(({ value }) => value !== undefined);
  if (there.length === 0 || (needsAll && there.length < parts.length)) return "";
  // As JSON no value can pass for two, and none for its neighbour's.
  return hash32(JSON.stringify(there)).toString(36);
}

interface Part {
  readonly name: string;
  readonly value: string | undefined;
}

/** `cookie:a,b` are two parts. */
function partsOf(item: string, headers: Readonly<Record<string, string>>): readonly Part[] {
  const [name = "", names] = item.split(":", 2);
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
  if (names === undefined) return [{ name, value }];
  const pairs = (value ?? "").split(";").map((pair) => pair.trim());
  return names.split(",").map((cookie) => ({
    name: `${name}:${cookie}`,
    value: pairs.find((pair) => pair.startsWith(`${cookie}=`)),
  }));
}
