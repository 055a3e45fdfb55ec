/** How the command line finds a running planet: one small file per central port, readable by its owner only. */
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface RunningPlanet {
  readonly edge: string;
  readonly central: string;
  readonly token: string;
}

const folder = join(import.meta.dirname, "../.tradewind/planets");
const fileOf = (centralPort: number | string) => join(folder, `${centralPort}.json`);

export function writePlanetFile(planet: RunningPlanet): void {
  mkdirSync(folder, { recursive: true });
  // The token is in it.
  writeFileSync(fileOf(new URL(planet.central).port), JSON.stringify(planet), { mode: 0o600 });
}

export function removePlanetFile(planet: RunningPlanet): void {
  rmSync(fileOf(new URL(planet.central).port), { force: true });
}

/** The planet at this port; without a port the only one that runs; `null` when there is none to choose. */
export function findPlanet(centralPort: number | null): RunningPlanet | null {
  try {
    const files = readdirSync(folder);
    const [only] = files;
    const file =
      centralPort === null ? (files.length === 1 ? only : "8788.json") : `${centralPort}.json`;
    return JSON.parse(readFileSync(join(folder, file ?? ""), "utf8")) as RunningPlanet;
  } catch {
    return null;
  }
}
