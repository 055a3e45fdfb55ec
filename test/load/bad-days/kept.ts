/** What stands in the configuration after a crash: the version before or the one that was on its way, and an audit that says so. */
import type { SpawnedPlanet } from "../../../local/spawn.ts";
import { hashOf } from "../../../routing/hash.ts";

export interface AuditRow {
  readonly sequence: number;
  readonly at: string;
  readonly actor: string;
  readonly action: string;
  readonly version: number;
  readonly note: string;
  readonly prev_hash: string;
  readonly hash: string;
}

/** `old`, `new`, or what is wrong. */
export function keptOf(
  before: number,
  now: number,
  audit: readonly AuditRow[],
): "old" | "new" | string {
  const broken = audit.find((row, index) => !isChained(row, audit[index - 1]));
  if (broken !== undefined) return `audit row ${broken.sequence} is not what was written`;
  const last = audit.at(-1)?.version ?? 0;
  if (last !== now) return `version ${now}, but the audit's last is ${last}`;
  if (now === before) return "old";
  return now === before + 1 ? "new" : `version ${now} after version ${before}`;
}

function isChained(row: AuditRow, previous: AuditRow | undefined): boolean {
  const { prev_hash, sequence, at, actor, action, version, note } = row;
  const text = JSON.stringify([prev_hash, sequence, Date.parse(at), actor, action, version, note]);
  return row.hash === hashOf(text) && (previous === undefined || prev_hash === previous.hash);
}

/** Errors: rejects when central does not answer. */
export async function newestVersion(planet: SpawnedPlanet): Promise<number> {
  const { versions } = JSON.parse((await planet.api("/v1/versions")).text) as {
    versions: readonly { readonly version: number }[];
  };
  return Math.max(...versions.map(({ version }) => version));
}

export async function auditOf(planet: SpawnedPlanet): Promise<readonly AuditRow[]> {
  const { audit } = JSON.parse((await planet.api("/v1/audit")).text) as { audit: AuditRow[] };
  return audit;
}
