/** How the command line finds a running planet: one small file per central port, readable by its owner only. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export interface RunningPlanet {
  readonly edge: string;
  readonly central: string;
  readonly token: string;
}

const folder = join(import.meta.dirname, "../.tradewind/planets");
const fileOf = (planet: RunningPlanet) => join(folder, `${new URL(planet.central).port}.json`);

export function writePlanetFile(planet: RunningPlanet): void {
  removePlanetFile(planet);
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ ...planet, pid: process.pid });
  // The token is in it.
  writeFileSync(fileOf(planet), text, { mode: 0o600 });
}

export function removePlanetFile(planet: RunningPlanet): void {
  rmSync(fileOf(planet), { force: true });
}

/** The planet at this port; without a port the one at 8788, else the only one; `null` when there is none to choose. */
export function findPlanet(centralPort: number | null): RunningPlanet | null {
  const running = planets();
  const at = (port: number) => running.find(({ central }) => new URL(central).port === `${port}`);
  if (centralPort !== null) return at(centralPort) ?? null;
  return at(8788) ?? (running.length === 1 ? (running[0] ?? null) : null);
}

/** A planet that was killed leaves its file behind: only those whose process lives count. */
function planets(): RunningPlanet[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .map((name) => JSON.parse(readFileSync(join(folder, name), "utf8")))
    .filter(({ pid }: { pid: number }) => isAlive(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
