/** No operator's change is lost: whoever has not seen the newest version is refused, and versions follow one another. */
import type { Result } from "../../routing/result.ts";
import type { Accepted, Proposal, ProposeRefusal } from "../../workers/config-object.ts";
import type { Bench } from "./bench.ts";
import type { ServedCall, Watcher } from "./watcher.ts";

export class CheckProposals implements Watcher {
  readonly #bench: Bench;
  #version = 0;
  #etag = "";

  constructor(bench: Bench) {
    this.#bench = bench;
  }

  served({ method, args, result }: ServedCall): void {
    if (method !== "propose") return;
    const answer = result as Result<Accepted, ProposeRefusal>;
    if (answer.ok) this.#accepted(args[0] as Proposal, answer.value);
    else if (answer.error.reason !== "stale") {
      this.#bench.violated(`a good document was refused: ${JSON.stringify(answer.error)}`);
    }
  }

  /** Its instance ended between the commit and the answer: nobody was told, and it counts. */
  stored({ version, etag }: { readonly version: number; readonly etag: string }): void {
    if (version <= this.#version) return;
    this.#follows(version);
    this.#etag = etag;
  }

  #accepted({ expected }: Proposal, { version, etag }: Accepted): void {
    const { violated } = this.#bench;
    if (expected !== undefined && expected !== this.#etag) {
      violated(
        `version ${version} was accepted from who last saw "${expected}", not "${this.#etag}"`,
      );
    }
    this.#follows(version);
    this.#etag = etag;
  }

  #follows(version: number): void {
    if (version !== this.#version + 1) {
      this.#bench.violated(`version ${version} followed ${this.#version}`);
    }
    this.#version = version;
  }
}
