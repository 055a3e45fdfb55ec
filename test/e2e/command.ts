/** Runs one of the project's commands against a planet, as `npm run NAME` does. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import type { SpawnedPlanet } from "../../local/spawn.ts";

export interface CommandEnd {
  readonly code: number | null;
  /** Both streams, in the order in which they came. */
  readonly out: string;
}

export function runCommand(
  name: "explain" | "fault" | "freeze" | "replay",
  { central }: Pick<SpawnedPlanet, "central">,
  args: readonly string[],
): Promise<CommandEnd> {
  return new Promise((resolve) => {
    const { port } = new URL(central);
    const script = join(import.meta.dirname, `../../local/${name}.ts`);
    const child = spawn(process.execPath, [script, "--central-port", port, ...args]);
    let out = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        out += chunk;
      });
    }
    child.on("close", (code) => resolve({ code, out }));
  });
}
