/** Spawns a planet for a test, exactly as `npm start` does, on ports that the operating system chooses. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type SpawnedPlanet, spawnPlanet } from "../../local/spawn.ts";

export interface PlanetOptions {
  /** The operators' document; JSON is YAML too, so it is handed over as a file. */
  readonly config?: unknown;
  /** Off unless asked for, so that a test sees only its own endpoints. */
  readonly demo?: boolean;
  readonly rtt?: boolean;
  /** Where configuration and health are kept. */
  readonly state?: string;
  readonly env?: Readonly<Record<string, string>>;
}

export async function startPlanet(options: PlanetOptions = {}): Promise<SpawnedPlanet> {
  const { config, demo = false, rtt = false, state, env = {} } = options;
  const folder = mkdtempSync(join(tmpdir(), "tradewind-"));
  try {
    const file = join(folder, "config.yaml");
    if (config !== undefined) writeFileSync(file, JSON.stringify(config));
    const args = [
      ...["--edge-port", "0", "--central-port", "0"],
      ...(config === undefined ? [] : ["--config", file]),
      ...(demo ? [] : ["--no-demo"]),
      ...(rtt ? [] : ["--no-rtt"]),
      ...(state === undefined ? [] : ["--state", state]),
    ];
    return await spawnPlanet(args, env);
  } finally {
    rmSync(folder, { recursive: true });
  }
}
