/** Whether the real DNS and cloud servers are here that suites of project `servers` start. */
import { resolve } from "node:path";
import { INSTALL, NAMES, type Programs, programsFound, ROOT } from "./programs.ts";

/**
 * All of them, or null where one is missing. Errors: throws when `TRADEWIND_SERVERS` names a folder without one, because somebody meant it.
 */
export function findPrograms(): Programs | null {
  const found = programsFound();
  if (isAll(found)) return found;
  const named = process.env["TRADEWIND_SERVERS"];
  if (named === undefined || named === "") return null;
  throw new Error(
    `TRADEWIND_SERVERS=${named} lacks a server: run .ci/install-servers ${resolve(ROOT, named)}`,
  );
}

const isAll = (found: Partial<Programs>): found is Programs =>
  NAMES.every((name) => found[name] !== undefined);

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
