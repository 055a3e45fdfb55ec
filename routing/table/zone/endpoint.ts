/** What central calls for a zone: where it may be, and in which spelling it is kept. */
import type { ProviderKind } from "../../dns/abilities.ts";
import { ok, type Result, refuse } from "../../result.ts";
import { type AddressPolicy, publicAddresses, readAddress } from "../address.ts";
import { cut, type Problem } from "../problem.ts";

/** These have no address of their own that everybody shares. */
export const SELF_HOSTED: ReadonlySet<ProviderKind> = new Set([
  "powerdns",
  "rfc2136",
  "external_dns_webhook",
]);

export type EndpointForm = "url" | "host_port";

export const formOf = (provider: ProviderKind): EndpointForm =>
  provider === "rfc2136" ? "host_port" : "url";

export const ENDPOINT_RANGES: Readonly<Record<EndpointForm, string>> = {
  url: "https:// and a public name, or http:// and a private one where those may be called; with a path if need be, without user, query and fragment",
  host_port: "a host, a colon and a port of 1..65535, such as ns.shop.test:53",
};

interface Target {
  /** As a URL writes it. */
  readonly host: string;
  readonly isPlain: boolean;
  /** The one spelling in which it is stored, so that what was checked is what is called. */
  readonly canonical: string;
}

/** Refusal: what is wrong, as the second half of a sentence. */
export const readEndpoint = (form: EndpointForm, text: string): Result<Target, string> =>
  form === "url" ? readUrl(text) : readHostPort(text);

function readUrl(text: string): Result<Target, string> {
  // The URL parser drops what a header or a log would not.
  if (!/^[!-~]+$/.test(text) || !URL.canParse(text)) return refuse("is not a URL");
  const { protocol, host, hostname, pathname, origin, username, password } = new URL(text);
  if (protocol !== "https:" && protocol !== "http:")
    return refuse("is neither http:// nor https://");
  if (username !== "" || password !== "") {
    return refuse("carries a user; a secret belongs into `credentials`");
  }
  if (/[?#]/.test(text)) return refuse("carries a query or a fragment; remove it");
  if (host === "") return refuse("has no host");
  const canonical = `${origin}${pathname.replace(/\/+$/, "")}`;
  return ok({ host: hostname, isPlain: protocol === "http:", canonical });
}

function readHostPort(text: string): Result<Target, string> {
  const [, host = "", digits = ""] = /^(\[[0-9a-fA-F:.]+\]|[^:/[\]]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (host === "" || port < 1 || port > 65_535) return refuse("is not a host and a port");
  const read = readAddress(host);
  if (!read.ok) return read;
  // The transfer is signed, not encrypted, wherever it goes (RFC 8945).
  return ok({ host: read.value.host, isPlain: false, canonical: `${read.value.host}:${port}` });
}

/** `null`: it may be called. */
export function endpointProblem(
  form: EndpointForm,
  text: string,
  pointer: string,
  addresses: AddressPolicy,
): Problem | null {
  const range = ENDPOINT_RANGES[form];
  // What is refused here may hold a secret, so it is not shown.
  const problem = (detail: string): Problem => ({ pointer, detail, range });
  const read = readEndpoint(form, text);
  if (!read.ok) return problem(`This ${read.error}: write ${range}.`);
  const { host, isPlain } = read.value;
  const refused = addresses(host, pointer);
  if (refused !== null) return { ...refused, value: cut(host), range };
  if (!isPlain || publicAddresses(host, pointer) !== null) return null;
  return problem(
    `What is sent to ${host} would cross the public network unencrypted: write https://.`,
  );
}
