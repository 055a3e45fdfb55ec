/**
 * "I cannot see" is not "it is down".
 *
 * A probe without an answer counts against its endpoint only when another endpoint answered in the same
 * round or a later one. When every other endpoint was probed since and none answered, the prober itself is
 * the common cause: it calls itself blind, and the failures are dropped. Until one or the other is known, they wait. The dead
 * are probed when there is time for them, so only those whose turn has come are waited for.
 *
 * An endpoint that is alone cannot be compared with anything, and its failures count at once.
 */
import type { EndpointId } from "../../routing/units.ts";
import type { ProbeView } from "./probe.ts";

export interface Result extends ProbeView {
  readonly endpoint: EndpointId;
  /** The round it was started in: +1 each time the alarm found something due. */
  readonly round: number;
}

interface Answer {
  readonly endpoint: EndpointId;
  readonly round: number;
}

export class Sight {
  /** Round of the last result per endpoint; 0: none yet. */
  #reported: Map<EndpointId, number> = new Map();
  /** Of those that are to be probed in a round and have not ended: which. */
  readonly #begun = new Map<EndpointId, number>();
  readonly #isDead: (endpoint: EndpointId) => boolean;
  #waiting: Result[] = [];
  /** The newest answers of two different endpoints: one of them is from "another", whoever asks. */
  #newest: Answer | null = null;
  #second: Answer | null = null;
  #blind = false;

  /** `isDead`: its verdict says so already, so its silence is no news. */
  constructor(isDead: (endpoint: EndpointId) => boolean) {
    this.#isDead = isDead;
  }

  get blind(): boolean {
    return this.#blind;
  }

  /** Compares these from now on. What waits for an endpoint that left is dropped. */
  retarget(endpoints: Iterable<EndpointId>): void {
    const known = this.#reported;
    this.#reported = new Map(
      [...endpoints].map((endpoint) => [endpoint, known.get(endpoint) ?? 0]),
    );
    this.#take(({ endpoint }) => !this.#reported.has(endpoint));
  }

  /** It is to be probed in this round. */
  begin(endpoint: EndpointId, round: number): void {
    this.#begun.set(endpoint, round);
  }

  /** Its probe has ended, or will not take place. */
  end(endpoint: EndpointId): void {
    this.#begun.delete(endpoint);
  }

  /** The results that count now, oldest first. Cost: O(endpoints) when there was no answer, else small. */
  look(result: Result): readonly Result[] {
    this.#reported.set(result.endpoint, result.round);
    this.end(result.endpoint);
    if (result.saw === "nothing") this.#waiting.push(result);
    else this.#answered(result);
    // It is well again: an older failure that counted after this would begin a row that has been broken.
    if (result.saw === "healthy") this.#take(({ endpoint }) => endpoint === result.endpoint);
    const counted = this.#take((waiting) => this.#othersAnswered(waiting));
    if (this.#waiting.length > 0) this.#dropWhatNobodySaw();
    return result.saw === "nothing" ? counted : [...counted, result];
  }

  #answered({ endpoint, round }: Result): void {
    // An answer that ends the blindness says nothing about what was not seen in it: a long round may still hold some of that.
    if (this.#blind) this.#waiting = [];
    this.#blind = false;
    if (this.#newest !== null && this.#newest.endpoint !== endpoint) {
      if (round < this.#newest.round) {
        if (round >= (this.#second?.round ?? 0)) this.#second = { endpoint, round };
        return;
      }
      this.#second = this.#newest;
    }
    this.#newest = { endpoint, round };
  }

  #othersAnswered({ endpoint, round }: Result): boolean {
    if (this.#reported.size === 1) return true;
    const other = this.#newest?.endpoint === endpoint ? this.#second : this.#newest;
    return other !== null && other.round >= round;
  }

  #dropWhatNobodySaw(): void {
    let oldest = Number.POSITIVE_INFINITY;
    for (const [endpoint, round] of this.#reported) {
      oldest = Math.min(oldest, this.#isDead(endpoint) ? this.#endedBefore(endpoint) : round);
    }
    const dropped = this.#take((waiting) => waiting.round <= oldest);
    if (dropped.some(({ endpoint }) => !this.#isDead(endpoint))) this.#blind = true;
  }

  /** The last round in which a dead one is not waited for. */
  #endedBefore(endpoint: EndpointId): number {
    return (this.#begun.get(endpoint) ?? Number.POSITIVE_INFINITY) - 1;
  }

  #take(wanted: (waiting: Result) => boolean): readonly Result[] {
    const taken: Result[] = [];
    const left: Result[] = [];
    for (const waiting of this.#waiting) (wanted(waiting) ? taken : left).push(waiting);
    if (taken.length > 0) this.#waiting = left;
    return taken;
  }
}
