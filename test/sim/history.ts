/** Which configuration each version was, told by what ConfigStore accepted, kept and pushed. */
import type { Push } from "../../routing/exchange.ts";
import type { Result } from "../../routing/result.ts";
import type { EndpointId } from "../../routing/units.ts";
import type { Accepted, Proposal } from "../../workers/config-object.ts";
import { addressesFor, type Document } from "./documents.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export interface Member {
  readonly address: string;
  readonly pool: string;
}

export class History implements Watcher {
  /** Place in the list + 1 = version. */
  readonly #documents: Document[] = [];
  readonly #versionOf = new Map<string, number>();
  readonly #allowed = new Map<string, ReadonlySet<string> | null>();
  readonly #members = new Map<EndpointId, Member>();

  get latest(): number {
    return this.#documents.length;
  }

  /** The newest document; `null` before the first. */
  get newest(): Document | null {
    return this.#documents.at(-1) ?? null;
  }

  /** Addresses that may answer for `host` at `version`; `null` when the host is not configured there. */
  allowed(version: number, host: string): ReadonlySet<string> | null {
    const key = `${version} ${host}`;
    const known = this.#allowed.get(key);
    if (known !== undefined) return known;
    const document = this.#documents[version - 1];
    const isThere = document?.load_balancers[host] !== undefined;
    const allowed = isThere ? addressesFor(document, host) : null;
    if (document !== undefined) this.#allowed.set(key, allowed);
    return allowed;
  }

  versionOfManifest(hash: string): number | undefined {
    return this.#versionOf.get(hash);
  }

  /** Every probed endpoint that any version had. */
  member(endpoint: EndpointId): Member | undefined {
    return this.#members.get(endpoint);
  }

  served({ method, args, result }: ServedCall): void {
    if (method !== "propose") return;
    const accepted = result as Result<Accepted, unknown>;
    if (!accepted.ok) return;
    this.#documents[accepted.value.version - 1] = (args[0] as Proposal).document as Document;
  }

  stored({ version, document }: { readonly version: number; readonly document: unknown }): void {
    this.#documents[version - 1] ??= document as Document;
  }

  asked({ method, args }: Pick<ServedCall, "method" | "args">): void {
    if (method !== "push") return;
    const push = args[0] as Push;
    this.#versionOf.set(push.manifest.hash, push.version);
    for (const { endpoint, address, pool } of push.targets) {
      if (!this.#members.has(endpoint)) this.#members.set(endpoint, { address, pool });
    }
  }
}
