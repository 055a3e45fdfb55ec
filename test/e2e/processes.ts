import { readdirSync, readFileSync } from "node:fs";

/** An environment variable that every process of a planet inherits: what is left of it is found by it. */
export const MARK = "TRADEWIND_TEST_MARK";

export interface Process {
  readonly id: number;
  readonly command: string;
}

/** The living processes with this mark. Needs `/proc`: elsewhere it sees none, and ports must do. */
export function processesMarked(mark: string): Process[] {
  return processIds().flatMap((id) => {
    try {
      const environment = readFileSync(`/proc/${id}/environ`, "utf8").split("\0");
      if (!environment.includes(`${MARK}=${mark}`)) return [];
      const command = readFileSync(`/proc/${id}/cmdline`, "utf8").replaceAll("\0", " ").trim();
      return [{ id: Number(id), command }];
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
