import type { Endpoint } from "../../routing/model.ts";

const bases = new WeakMap<Endpoint, string>();

/** Scheme, address and port: whatever the visitor's target holds comes after the authority has ended. */
export function urlOf(endpoint: Endpoint, target: string): string {
  let base = bases.get(endpoint);
  if (base === undefined) {
    const { scheme, address, port } = endpoint;
    const host = address.includes(":") && !address.startsWith("[") ? `[${address}]` : address;
    base = `${scheme}://${host}${port === 0 ? "" : `:${port}`}`;
    bases.set(endpoint, base);
  }
  return base + target;
}
