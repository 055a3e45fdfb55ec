/**
 * What a zone's provider is called with: sealed in the zone's ledger, or in a variable of the script, and opened for one look.
 *
 * Nothing here answers, tells or throws what a secret says: refusals name which one it is, why it cannot be used, and what to do.
 */
import type { ProviderKind } from "../../../routing/dns/abilities.ts";
import { CREDENTIALS } from "../../../routing/dns/settings.ts";
import type { ZoneSync } from "../../../routing/dns/zone.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import type { Chance, Clock } from "../../ports.ts";
import { calledOrigins, originOf } from "../dns/origins.ts";
import type { CredentialRow, CredentialRows } from "./credential-rows.ts";
import type { CredentialsObject, LedgerPorts, Rotation, SealedCredentials } from "./ports.ts";
import { newestKey, type ScriptVariables, seal, unseal } from "./seal.ts";

/** Nothing else of the script's variables can be asked for. */
const VARIABLE = /^TW_CRED_[A-Z0-9_]{1,64}$/;

/** What says where credentials would go. */
type Called = Pick<ZoneSync, "provider" | "endpoint" | "settings">;

export interface CredentialsParts {
  readonly account: string;
  readonly zone: string;
  readonly rows: CredentialRows;
  readonly variables: ScriptVariables;
}

export function credentialsOpener(parts: CredentialsParts): LedgerPorts["credentials"] {
  return async (sync) => {
    const text = await opened(sync, parts);
    if (!text.ok) return text;
    const { what, value } = text.value;
    const parsed = CREDENTIALS[sync.provider].safeParse(value);
    if (parsed.success) return ok(parsed.data);
    // Where, but not what: an issue's own words may have the value in them.
    const places = parsed.error.issues.map(({ path }) => path.join(".") || "the object itself");
    return refuse(
      `${what} of zone ${parts.zone} is not the JSON of ${sync.provider}'s credentials (${fieldsOf(sync.provider)}): ${[...new Set(places)].join(", ")}. Put it right, or seal new ones with PUT /v1/zones/${parts.zone}/credentials.`,
    );
  };
}

interface Opened {
  readonly what: string;
  /** `undefined` for what is not JSON. */
  readonly value: unknown;
}

async function opened(
  sync: Called & Pick<ZoneSync, "credentials">,
  { account, zone, rows, variables }: CredentialsParts,
): Promise<Result<Opened, string>> {
  const { credentials, provider } = sync;
  const nextStep = `Seal them with PUT /v1/zones/${zone}/credentials and write the answered id as the zone's credentials.sealed.`;
  if (credentials === undefined) {
    return provider === "external_dns_webhook"
      ? ok({ what: "The absent credentials", value: {} })
      : refuse(`Zone ${zone} has no credentials for ${provider}. ${nextStep}`);
  }
  if ("env" in credentials) {
    const name = credentials.env;
    const value = VARIABLE.test(name) ? variables[name] : undefined;
    if (typeof value === "string") {
      const { bound, rest } = ofVariable(jsonOf(value), provider);
      const stray = bound === undefined ? null : firstStray(sync, bound);
      if (stray === null) return ok({ what: `The variable ${name}`, value: rest });
      return refuse(
        `The variable ${name} is bound to ${list(bound)} by its \`endpoint\`, and zone ${zone} would send it to ${stray}. Put the zone's endpoint and settings right, or the variable where it belongs there.`,
      );
    }
    return refuse(
      `Zone ${zone} asks for the variable ${name}, which central does not have or may not read (only TW_CRED_… may be asked for). Set it with npx wrangler secret put ${name} (npm start hands on what is in its environment), or seal the credentials with PUT /v1/zones/${zone}/credentials.`,
    );
  }
  const id = credentials.sealed;
  const row = rows.get(id);
  if (row === null) {
    return refuse(
      `Zone ${zone} asks for the sealed credentials ${id}, which are not here. ${nextStep}`,
    );
  }
  const { origins } = row;
  const stray = firstStray(sync, origins);
  if (stray !== null) {
    return refuse(
      `The sealed credentials ${id} of zone ${zone} are bound to ${list(origins)}, and the zone would send them to ${stray}. Put its endpoint and settings right; where they do belong there, seal them again with PUT /v1/zones/${zone}/credentials?endpoint=… for each of ${list(calledOrigins(sync))}.`,
    );
  }
  const text = await unseal(row, { account, zone, provider, id, origins }, variables);
  if (!text.ok) {
    return refuse(
      `The sealed credentials ${id} of zone ${zone} cannot be used. ${text.error} ${nextStep}`,
    );
  }
  return ok({ what: `The sealed text ${id}`, value: jsonOf(text.value) });
}

/** The first origin that the zone's credentials would go to and may not; `null` = there is none. */
const firstStray = (sync: Called, origins: readonly string[]): string | null =>
  calledOrigins(sync).find((origin) => !origins.includes(origin)) ?? null;

const list = (origins: readonly string[] = []): string => origins.join(", ") || "no endpoint";

/** A variable may say itself where its secret may be sent: `endpoint`, one or a list. What is none of its provider's allows nothing. */
function ofVariable(
  value: unknown,
  provider: ProviderKind,
): { readonly bound?: readonly string[]; readonly rest: unknown } {
  if (typeof value !== "object" || value === null || !("endpoint" in value)) return { rest: value };
  const { endpoint, ...rest } = value;
  const bound = [endpoint].flat().flatMap((text) => {
    const origin = originOf(provider, String(text));
    return origin.ok ? [origin.value] : [];
  });
  return { bound, rest };
}

/** `undefined` for what is not JSON; the parser's own complaint quotes the text. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const fieldsOf = (provider: ProviderKind): string =>
  Object.keys(CREDENTIALS[provider].shape).join(", ");

/** The part of a zone's object that keeps its credentials. */
export class Credentials implements CredentialsObject {
  readonly #parts: CredentialsParts;
  readonly #ports: { readonly clock: Clock; readonly chance: Chance };

  constructor(ports: { readonly clock: Clock; readonly chance: Chance }, parts: CredentialsParts) {
    this.#ports = ports;
    this.#parts = parts;
  }

  async sealCredentials(
    provider: ProviderKind,
    credentials: unknown,
    allowed: readonly string[],
  ): Promise<Result<SealedCredentials, string>> {
    const { account, zone, rows, variables } = this.#parts;
    const id = this.#ports.chance.id();
    const origins = [...new Set(allowed)].sort();
    const purpose = { account, zone, provider, id, origins };
    const secret = JSON.stringify(credentials);
    const sealed = await seal(secret, purpose, variables, this.#ports.chance.id());
    if (!sealed.ok) return sealed;
    const row = { id, provider, origins, createdAtMs: this.#ports.clock.nowMs(), ...sealed.value };
    rows.add(row);
    return ok(told(row));
  }

  async listCredentials(): Promise<readonly SealedCredentials[]> {
    return this.#parts.rows.list().map(told);
  }

  async removeCredentials(id: string): Promise<boolean> {
    return this.#parts.rows.remove(id);
  }

  async rotateCredentials(): Promise<Result<Rotation, string>> {
    const { rows, variables } = this.#parts;
    const newest = newestKey(variables);
    if (!newest.ok) return newest;
    const failed: { id: string; detail: string }[] = [];
    let resealed = 0;
    const old = rows.list().filter(({ key }) => key !== newest.value);
    for (const row of old) {
      const again = await this.#again(row);
      if (again.ok) resealed += 1;
      else failed.push({ id: row.id, detail: again.error });
    }
    const already = rows.list().length - old.length;
    return ok({ key: newest.value, resealed, already, failed });
  }

  async #again(row: CredentialRow): Promise<Result<null, string>> {
    const { account, zone, rows, variables } = this.#parts;
    const { id, provider, origins } = row;
    const purpose = { account, zone, provider, id, origins };
    const opened = await unseal(row, purpose, variables);
    if (!opened.ok) return opened;
    const sealed = await seal(opened.value, purpose, variables, this.#ports.chance.id());
    if (!sealed.ok) return sealed;
    rows.replace(row.id, sealed.value);
    return ok(null);
  }
}

const told = ({ id, provider, origins, key, createdAtMs }: CredentialRow): SealedCredentials => ({
  id,
  provider,
  origins,
  key,
  createdAtMs,
});
