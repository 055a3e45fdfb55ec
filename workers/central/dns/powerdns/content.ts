/**
 * What a record says in the words of PowerDNS's API: names in full with the last dot, texts in quotes, and parameters in quotes only where the
 * server writes them so, because content is refused that is "Not in expected format", which is its own.
 */
import { quotedTxt, readQuotedTxt } from "../../../../routing/dns/txt.ts";
import { canonicalText } from "../rfc2136/rdata.ts";

export const dotted = (name: string): string => (name.endsWith(".") ? name : `${name}.`);

export const undotted = (name: string): string =>
  name === "." ? name : name.toLowerCase().replace(/\.$/, "");

/** These have a form of their own; the others are strings. */
const BARE_PARAM = / (mandatory|alpn|port|ipv4hint|ipv6hint)="([^" \\]*)"/g;

/** `value` is canonical. */
export function contentOf(type: string, value: string): string {
  const fields = value.split(" ");
  switch (type) {
    case "CNAME":
      return dotted(value);
    case "MX":
    case "SRV":
      return [...fields.slice(0, -1), dotted(fields.at(-1) ?? "")].join(" ");
    case "HTTPS":
    case "SVCB": {
      const [priority = "", target = "", ...params] = fields;
      const text = [priority, dotted(target), ...params].join(" ");
      return text.replaceAll(BARE_PARAM, " $1=$2");
    }
    case "TXT":
      return quotedTxt(value);
    default:
      return value;
  }
}

/** Canonical; what cannot be read is given as the server has it. */
export function valueIn(type: string, content: string): string {
  if (type !== "TXT") return canonicalText(type, content);
  const read = readQuotedTxt(content);
  return read.ok ? read.value : content;
}
