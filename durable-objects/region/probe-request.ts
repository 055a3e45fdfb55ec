/** What a probe asks for, and where a redirect leads it. */
import type { Monitor } from "../../routing/model.ts";

/** Where a check goes: a target's own, or that of a member of its group. */
export interface Place {
  readonly scheme: "http" | "https";
  readonly address: string;
  readonly port: number;
}

/** `unique` is a text that no other probe carries: what a cache answers has seen nothing of the endpoint. */
export function urlOf({ scheme, address, port }: Place, path: string, unique: string): URL {
  const url = new URL(`${scheme}://${address}:${port}`);
  const at = path.indexOf("?");
  url.pathname = at < 0 ? path : path.slice(0, at);
  const query = at < 0 ? "" : path.slice(at + 1);
  url.search = `${query}${query === "" ? "" : "&"}tradewind-probe=${unique}`;
  return url;
}

/** Another host after a redirect, and anybody who listens to plain http, is not told what was meant for the endpoint, such as a key. */
export function headersFor(url: URL, first: URL, monitor: Monitor, region: string): Headers {
  const headers = new Headers();
  for (const [name, values] of isOwn(url, first) ? Object.entries(monitor.header) : []) {
    // RFC 9110 5.3: several values are one list with commas; of cookies with semicolons (RFC 6265 5.4).
    headers.set(name, values.join(name.toLowerCase() === "cookie" ? "; " : ", "));
  }
  headers.set("User-Agent", `Tradewind-Probe/1 (+${region})`);
  return headers;
}

const isOwn = (url: URL, first: URL): boolean =>
  url.origin === first.origin ||
  // The step from http to https on the standard ports.
  (url.hostname === first.hostname &&
    url.protocol === "https:" &&
    first.port === "" &&
    url.port === "");

/** `null`: the answer names no place that a probe could go to. */
export function redirectedTo(response: Response, from: URL): URL | null {
  const location = response.headers.get("Location");
  if (location === null || !URL.canParse(location, from.href)) return null;
  const url = new URL(location, from.href);
  url.hash = "";
  return url.protocol === "http:" || url.protocol === "https:" ? url : null;
}
