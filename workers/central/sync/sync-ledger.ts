/** A zone's ledger as a Durable Object: only the methods of its interfaces are callable from outside. */
import { DurableObject } from "cloudflare:workers";
import { ledgerOfObject } from "../../../routing/names.ts";
import { invariant } from "../../../routing/result.ts";
import { makeProvider } from "../dns/providers.ts";
import { credentialRows } from "./credential-rows.ts";
import { Credentials, credentialsOpener } from "./credentials.ts";
import { Ledger } from "./ledger.ts";
import { type LedgerBindings, ledgerPorts } from "./platform.ts";
import type { CredentialsObject, LedgerObject } from "./ports.ts";

type Arguments<T, K extends keyof T> = T[K] extends (...given: infer A) => unknown ? A : never;

export class SyncLedger
  extends DurableObject<LedgerBindings>
  implements LedgerObject, CredentialsObject
{
  readonly #core: Ledger;
  readonly #credentials: Credentials;

  constructor(state: DurableObjectState, bindings: LedgerBindings) {
    super(state, bindings);
    invariant(state.id.name !== undefined, "a ledger is found by name only");
    const { account, zone } = ledgerOfObject(state.id.name);
    const ports = ledgerPorts(state, bindings);
    const rows = credentialRows(ports.sql);
    const parts = { account, zone, rows, variables: { ...bindings } };
    const credentials = credentialsOpener(parts);
    // It migrates the storage that the credentials are in too.
    this.#core = new Ledger({ ...ports, credentials }, { account, zone, makeProvider });
    this.#credentials = new Credentials(ports, parts);
  }

  poke() {
    return this.#core.poke();
  }
  status() {
    return this.#core.status();
  }
  look() {
    return this.#core.look();
  }
  apply(...given: Arguments<LedgerObject, "apply">) {
    return this.#core.apply(...given);
  }
  undo(...given: Arguments<LedgerObject, "undo">) {
    return this.#core.undo(...given);
  }
  freeze(...given: Arguments<LedgerObject, "freeze">) {
    return this.#core.freeze(...given);
  }
  history(...given: Arguments<LedgerObject, "history">) {
    return this.#core.history(...given);
  }
  events(...given: Arguments<LedgerObject, "events">) {
    return this.#core.events(...given);
  }
  sealCredentials(...given: Arguments<CredentialsObject, "sealCredentials">) {
    return this.#credentials.sealCredentials(...given);
  }
  listCredentials() {
    return this.#credentials.listCredentials();
  }
  removeCredentials(...given: Arguments<CredentialsObject, "removeCredentials">) {
    return this.#credentials.removeCredentials(...given);
  }
  rotateCredentials() {
    return this.#credentials.rotateCredentials();
  }
  override alarm() {
    return this.#core.alarm();
  }
}
