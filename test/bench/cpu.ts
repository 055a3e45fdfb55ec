/** Processor time of processes that this one has started, where the kernel tells it (Linux). */
import { readdirSync, readFileSync } from "node:fs";

const NS_PER_MS = 1e6;

/** Process ids of the children with this command, ascending; empty where nobody tells. */
export function childrenNamed(command: string): readonly number[] {
  return processes()
    .filter((id) => {
      // `id (command) state parent …`; a command may have brackets of its own.
      const stat = textOf(`/proc/${id}/stat`);
      const name = stat.slice(stat.indexOf("(") + 1, stat.lastIndexOf(")"));
      const [, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return name === command && Number(parent) === process.pid;
    })
    .sort((a, b) => a - b);
}

/** Of all its threads since it began, in ms. Range: 0 for a process that is gone. */
export function cpuMsOf(id: number): number {
  return entriesOf(`/proc/${id}/task`).reduce((sum, thread) => {
    const [ranNs = 0] = textOf(`/proc/${id}/task/${thread}/schedstat`).split(" ").map(Number);
    return sum + ranNs / NS_PER_MS;
  }, 0);
}

const processes = (): readonly number[] =>
  entriesOf("/proc").flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));

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
