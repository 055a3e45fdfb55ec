import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Run } from "./cell.ts";

/**
 * Runs in a file, one a line: a full measurement takes hours, and whoever must interrupt it goes on where it was.
 * Errors: throws on a line that is not JSON.
 */
export const readRuns = (file: string): readonly Run[] =>
  existsSync(file)
    ? readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Run)
    : [];

export const keepRun = (file: string, run: Run): void =>
  appendFileSync(file, `${JSON.stringify(run)}\n`);
