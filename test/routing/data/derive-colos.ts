/**
 * Derives `routing/data/colos.ts` from `routing/data/colos.csv`. `node test/routing/data/derive-colos.ts`
 * writes it; the test beside this file compares.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(import.meta.url);
const pathOf = (name: string) => resolve(dirname(here), "../../../routing/data", name);

export const readData = (name: string): string => readFileSync(pathOf(name), "utf8");

/** Two decimals are 1 km: finer than what a colo is to its airport. */
const short = (degrees: string | undefined) => String(Number(Number(degrees).toFixed(2)));

export function deriveColos(csv: string): string {
  const [, ...rows] = csv.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  const lines = rows.map((row) => {
    const [iata, , country, , hint, latitude, longitude] = row.split(",");
    return `${iata} ${country} ${short(latitude)} ${short(longitude)} ${hint}`;
  });
  return `/**
 * Where the colos are: IATA code, country, latitude, longitude, location hint (our rule, see the CSV).
 *
 * Generated from \`colos.csv\` by \`node test/routing/data/derive-colos.ts\`; do not edit.
 * Source: Netrvin/cloudflare-colo-list @ 1917c9e2b2a1f0bb06b68002b07d3a6404471340 : DC-Colos.json
 * (2026-08-07), MIT licence, (c) Netrvin.
 */
export const COLOS = \`${lines.join("\n")}\`;
`;
}

if (process.argv[1] === here) {
  writeFileSync(pathOf("colos.ts"), deriveColos(readData("colos.csv")));
}
