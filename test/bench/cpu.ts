/** Processor time of a process, where the kernel tells it (Linux). */
import { readdirSync, readFileSync } from "node:fs";

const NS_PER_MS = 1e6;

/** Of all its threads since it began, in ms. Range: 0 for a process that is gone, and where nobody tells. */
export function cpuMsOf(id: number): number {
  return entriesOf(`/proc/${id}/task`).reduce((sum, thread) => {
    const [ranNs = 0] = textOf(`/proc/${id}/task/${thread}/schedstat`).split(" ").map(Number);
    return sum + ranNs / NS_PER_MS;
  }, 0);
}

function entriesOf(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Empty for a file that is not there any more. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
