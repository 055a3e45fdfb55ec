/** Which record sets a listing shows, by `name` and `type` or by `filter`, as the discovery document says of them. */
import type { JsonObject } from "../strict.ts";
import { invalid, type Rrset, type Wrong } from "./rrset.ts";

type Filter = (set: Rrset) => boolean;

/** The forms of the document's examples: `name="x." AND type="A"`, `name=has_suffix("x.")`. */
const EXPRESSION =
  /^\s*name\s*=\s*(?:"([^"]+)"|has_suffix\("([^"]+)"\))(?:\s+AND\s+type\s*=\s*"([A-Z]+)")?\s*$/;

export function filterOf(query: JsonObject): Filter | Wrong {
  const { filter, name, type } = query;
  if (filter !== undefined) {
    // "Both the name and type parameters are not supported and must be omitted when you use filter."
    if (name !== undefined || type !== undefined) return invalid("parameters.filter", filter);
    const read = EXPRESSION.exec(String(filter));
    if (read === null) return invalid("parameters.filter", filter);
    const [, exact, suffix, only] = read;
    return (set) =>
      (exact === undefined ? isBelow(set.name, suffix ?? "") : set.name === exact) &&
      (only === undefined || set.type === only);
  }
  // "You must also specify the name parameter."
  if (type !== undefined && name === undefined) return invalid("parameters.type", type);
  if (name !== undefined && !String(name).endsWith(".")) return invalid("parameters.name", name);
  return (set) =>
    (name === undefined || set.name === name) && (type === undefined || set.type === type);
}

const isBelow = (name: string, suffix: string) => name === suffix || name.endsWith(`.${suffix}`);
