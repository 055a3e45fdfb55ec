/** Which configuration each version was, told by what ConfigStore accepted and pushed. */
import type { Push } from "../../routing/exchange.ts";
import type { Result } from "../../routing/result.ts";
import type { Accepted, Proposal } from "../../workers/config-object.ts";
import { addressesFor, type Document } from "./documents.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export class History implements Watcher {
  /** Place in the list + 1 = version. */
  readonly #documents: Document[] = [];
  readonly #versionOf = new Map<string, number>();

  get latest(): number {
    return this.#documents.length;
  }

  /** Addresses that may answer for `host` at `version`; `null` when the host is not configured there. */
  allowed(version: number, host: string): ReadonlySet<string> | null {
    const document = this.#documents[version - 1];
    return document?.load_balancers[host] === undefined ? null : addressesFor(document, host);
  }

  versionOfManifest(hash: string): number | undefined {
    return this.#versionOf.get(hash);
  }

  served({ method, args, result }: ServedCall): void {
    if (method !== "propose") return;
    const accepted = result as Result<Accepted, unknown>;
    if (!accepted.ok) return;
    this.#documents[accepted.value.version - 1] = (args[0] as Proposal).document as Document;
  }

  asked({ method, args }: Pick<ServedCall, "method" | "args">): void {
    if (method !== "push") return;
    const push = args[0] as Push;
    this.#versionOf.set(push.manifest.hash, push.version);
  }
}
