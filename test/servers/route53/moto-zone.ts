/**
 * The record sets that moto holds for a zone, read and brought to a state.
 *
 * moto 5.2 keeps a list of sets and does not do what Route 53 does with a batch, so it is told the outcome and not the batch:
 * its DELETE by identifier takes every set with that identifier, of any name; its CREATE is refused for a set that was made and
 * deleted before, and otherwise makes a second one; its DELETE compares with what was ever written; a batch that fails may be half done;
 * and its listing knows no identifier to start from.
 */
import { invariant } from "../../../routing/result.ts";
import { askMoto, documentOf } from "./moto-calls.ts";
import { keyOf, NAMESPACE, type R53Set, readSet, writeSet } from "./record-set.ts";
import { child, childText } from "./xml.ts";

/** moto counts as the vendor does: a record of an UPSERT is two, and 1,000 is all of a request. */
const RECORDS_OF_A_REQUEST = 1_000;
/** moto takes any size of a page; this is more sets than a zone may have. */
const ALL = 100_000;

export class MotoZone {
  readonly #endpoint: string;
  readonly #id: string;

  constructor(endpoint: string, id: string) {
    this.#endpoint = endpoint;
    this.#id = id;
  }

  /** With the last dot; null when moto has no such zone. */
  async name(): Promise<string | null> {
    const answer = await this.#ask("");
    if (answer.status === 404) return null;
    const element = child(await documentOf(answer), "HostedZone");
    return element && childText(element, "Name");
  }

  async sets(): Promise<readonly R53Set[]> {
    const list = child(
      await documentOf(await this.#ask(`/rrset?maxitems=${ALL}`)),
      "ResourceRecordSets",
    );
    return (list?.children ?? []).map((element) => {
      const set = readSet(element);
      invariant(set.ok, `moto lists a set that can be read: ${set.ok ? "" : set.error}`);
      return set.value;
    });
  }

  /** Not atomic for who reads moto itself meanwhile. */
  async bring(before: readonly R53Set[], after: readonly R53Set[]): Promise<void> {
    const kept = new Map(after.map((set) => [keyOf(set), set]));
    const had = new Map(before.map((set) => [keyOf(set), JSON.stringify(set)]));
    const gone = before.filter((set) => !kept.has(keyOf(set)));
    const identifiers = new Set(gone.flatMap(({ setIdentifier }) => setIdentifier ?? []));
    const written = after.filter(
      (set) =>
        had.get(keyOf(set)) !== JSON.stringify(set) || identifiers.has(set.setIdentifier ?? ""),
    );
    await this.#send([
      ...gone.map((set) => ({ action: "DELETE", set, size: set.values.length })),
      ...written.map((set) => ({ action: "UPSERT", set, size: 2 * set.values.length })),
    ]);
  }

  async #send(changes: readonly { action: string; set: R53Set; size: number }[]): Promise<void> {
    let rest = changes;
    while (rest.length > 0) {
      let size = 0;
      const tooMany = rest.findIndex((change) => {
        size += change.size;
        return size > RECORDS_OF_A_REQUEST;
      });
      const now = tooMany === -1 ? rest : rest.slice(0, tooMany);
      rest = rest.slice(now.length);
      const body = now.map(
        ({ action, set }) => `<Change><Action>${action}</Action>${writeSet(set)}</Change>`,
      );
      const answer = await this.#ask(
        "/rrset/",
        `<ChangeResourceRecordSetsRequest xmlns="${NAMESPACE}"><ChangeBatch><Changes>${body.join("")}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`,
      );
      invariant(answer.ok, `moto takes the outcome of a batch: ${await answer.text()}`);
    }
  }

  #ask(path: string, body?: string): Promise<Response> {
    return askMoto(this.#endpoint, `/hostedzone/${this.#id}${path}`, body);
  }
}
