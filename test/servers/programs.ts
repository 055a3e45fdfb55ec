/** The programs of real DNS and cloud servers, where they are on this machine. */
import { accessSync, constants, existsSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = resolve(fileURLToPath(import.meta.url), "../../..");
export const INSTALL = ".ci/install-servers .tradewind/servers";

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

/** What each is called, so that who lacks it knows what to install. */
const FILES: Readonly<Record<keyof Programs, string>> = {
  moto: "moto_server",
  pdns: "pdns_server",
  pdnsSchema: "powerdns.sql",
  named: "named",
  dig: "dig",
  nsupdate: "nsupdate",
  octodnsSync: "octodns-sync",
};
export const NAMES = Object.keys(FILES) as (keyof Programs)[];

/** Those that are here: in the folder that `TRADEWIND_SERVERS` names and nowhere else, or in `.tradewind/servers`, or in PATH. */
export function programsFound(): Partial<Programs> {
  const named = process.env["TRADEWIND_SERVERS"];
  if (named !== undefined && named !== "") return fromFolder(resolve(ROOT, named));
  return { ...fromPath(), ...fromFolder(join(ROOT, ".tradewind/servers")) };
}

/** These of them, for whoever starts a server. Errors: throws with the command that brings the programs. */
export function needPrograms<K extends keyof Programs>(...names: readonly K[]): Pick<Programs, K> {
  const found = programsFound();
  const missing = names.filter((name) => found[name] === undefined);
  if (missing.length === 0) return found as Pick<Programs, K>;
  throw new Error(`${missing.map((name) => FILES[name]).join(", ")} is not here: run ${INSTALL}`);
}

const fromFolder = (folder: string): Partial<Programs> =>
  programsIn([join(folder, "bin")], join(folder, "share/powerdns.sql"));

function fromPath(): Partial<Programs> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  return programsIn(folders, "/usr/share/pdns-backend-sqlite3/schema/schema.sqlite3.sql");
}

function programsIn(folders: readonly string[], pdnsSchema: string): Partial<Programs> {
  const entries = NAMES.flatMap((name) => {
    const path =
      name === "pdnsSchema"
        ? existsSync(pdnsSchema) && pdnsSchema
        : folders.map((folder) => join(folder, FILES[name])).find(isProgram);
    return path ? [[name, path] as const] : [];
  });
  return Object.fromEntries(entries);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
