import { readdirSync, readFileSync } from "node:fs";

/** An environment variable that every process of a planet inherits: what is left of it is found by it. */
export const MARK = "TRADEWIND_TEST_MARK";

/** Command lines of the living processes with this mark. Needs `/proc`: elsewhere it sees none, and ports must do. */
export function processesMarked(mark: string): string[] {
  return processIds().flatMap((id) => {
    try {
      const environment = readFileSync(`/proc/${id}/environ`, "utf8").split("\0");
      if (!environment.includes(`${MARK}=${mark}`)) return [];
      return [readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ").trim()];
    } catch {
      // It ended while it was looked at, or is somebody else's.
      return [];
    }
  });
}

function processIds(): string[] {
  try {
    return readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}
