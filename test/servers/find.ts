/** Where the real DNS and cloud servers are that suites of project `servers` start. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");
const INSTALL = ".ci/install-servers .tradewind/servers";

/** The absolute path of each program, and of PowerDNS's schema for SQLite. */
export interface Programs {
  readonly moto: string;
  readonly pdns: string;
  readonly pdnsSchema: string;
  readonly named: string;
  readonly dig: string;
  readonly nsupdate: string;
  readonly octodnsSync: string;
}

/**
 * From the folder that `TRADEWIND_SERVERS` names, else `.tradewind/servers`, else from PATH; null where one of them is
 * missing. Errors: throws when `TRADEWIND_SERVERS` names a folder without them, because somebody meant it.
 */
export function findPrograms(): Programs | null {
  const named = process.env["TRADEWIND_SERVERS"];
  if (named !== undefined && named !== "") {
    const folder = resolve(ROOT, named);
    const programs = fromFolder(folder);
    if (programs !== null) return programs;
    throw new Error(`TRADEWIND_SERVERS=${named} lacks a server: run .ci/install-servers ${folder}`);
  }
  return fromFolder(join(ROOT, ".tradewind/servers")) ?? fromPath();
}

/** The same for whoever starts a server. Errors: throws with the command that brings the programs. */
export function needPrograms(): Programs {
  const programs = findPrograms();
  if (programs === null) throw new Error(`The servers are not here: run ${INSTALL}`);
  return programs;
}

function fromFolder(folder: string): Programs | null {
  return programsIn([join(folder, "bin")], join(folder, "share/powerdns.sql"));
}

function fromPath(): Programs | null {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return programsIn(folders, "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql");
}

function programsIn(folders: readonly string[], pdnsSchema: string): Programs | null {
  const at = (name: string) => folders.map((folder) => join(folder, name)).find(isProgram) ?? null;
  const moto = at("moto_server");
  const pdns = at("pdns_server");
  const named = at("named");
  const dig = at("dig");
  const nsupdate = at("nsupdate");
  const octodnsSync = at("octodns-sync");
  if (moto === null || pdns === null || named === null || dig === null || nsupdate === null) {
    return null;
  }
  if (octodnsSync === null || !existsSync(pdnsSchema)) return null;
  return { moto, pdns, pdnsSchema, named, dig, nsupdate, octodnsSync };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const INSTRUCTION = `skipped, run: ${INSTALL}`;

export const serversMissing = findPrograms() === null;

/**
 * For `describe.skipIf(serversMissing)(needingServers("claim"), …)`: who skips says what to run, in its name and on the
 * terminal, where a reporter that folds skipped suites would not show it.
 */
export function needingServers(claim: string): string {
  if (!serversMissing) return claim;
  console.warn(`${claim}: ${INSTRUCTION}`);
  return `${claim} [${INSTRUCTION}]`;
}
