/** Who asks, where, and at which hour: the cells of the data, gathered at the colo where their requests arrive. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { distanceKm, knownColos, type Place, type Point, placeOf } from "../../../routing/geo.ts";
import type { Colo } from "../../../routing/units.ts";

export interface Cell extends Point {
  readonly continent: string;
  /** Of the world's Internet users; those of all cells are 1 together. */
  readonly share: number;
  readonly solarOffsetH: number;
}

/** Cells of one continent and time zone that arrive at one colo: they rise and fall together. */
export interface Crowd {
  readonly continent: string;
  readonly solarOffsetH: number;
  readonly share: number;
}

export interface Entrance {
  readonly colo: Colo;
  readonly place: Place;
  readonly share: number;
  /** Of most of those who arrive there. */
  readonly continent: string;
  readonly crowds: readonly Crowd[];
}

/** The platform's codes. */
const CONTINENTS: Readonly<Record<string, string>> = {
  Africa: "AF",
  Asia: "AS",
  Europe: "EU",
  "North America": "NA",
  Oceania: "OC",
  "South America": "SA",
};

/** The file holds no quoted fields. */
const rowsOf = (name: string): readonly string[][] =>
  readFileSync(join(import.meta.dirname, "data", name), "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => line.split(","));

export function readCells(): readonly Cell[] {
  const counted = rowsOf("demand_cells.csv").map((row) => ({
    continent: CONTINENTS[row[2] ?? ""] ?? "NA",
    latitude: Number(row[4]),
    longitude: Number(row[5]),
    users: Number(row[7]),
    solarOffsetH: Number(row[8]),
  }));
  const world = counted.reduce((sum, { users }) => sum + users, 0);
  return counted.map(({ users, ...cell }) => ({ ...cell, share: users / world }));
}

/** Requests by the hour of the week in local time, Monday 0:00 first, mean 1. */
export const readWeek = (): readonly number[] =>
  rowsOf("profile_weekly_wikipedia.csv").map((row) => Number(row[2]));

/** Between the hours in a straight line, or every full hour would be a step. */
export function weekAt(week: readonly number[], hour: number): number {
  const at = ((hour % week.length) + week.length) % week.length;
  const from = week[Math.floor(at)] ?? 1;
  const to = week[(Math.floor(at) + 1) % week.length] ?? 1;
  return from + (to - from) * (at % 1);
}

/** Closer ones are one: 150 requests a second over every colo would leave an isolate nothing to learn from. */
const APART_KM = 1_000;
const COLOS_MAX = 32;

/** The colos of most demand that are not beside one another, each with the cells that it is nearest to; most first. */
export function entrancesOf(cells: readonly Cell[]): readonly Entrance[] {
  const all = knownColos();
  const byDemand = [...assigned(cells, all)].sort((a, b) => shareOf(b[1]) - shareOf(a[1]));
  const chosen: Colo[] = [];
  for (const [colo] of byDemand) {
    const isApart = chosen.every((other) => kmBetween(colo, other) > APART_KM);
    if (isApart && chosen.length < COLOS_MAX) chosen.push(colo);
  }
  return [...assigned(cells, chosen)]
    .map(([colo, own]) => entranceOf(colo, own))
    .sort((a, b) => b.share - a.share);
}

function assigned(cells: readonly Cell[], colos: readonly Colo[]): Map<Colo, Cell[]> {
  const places = colos.map((colo) => ({ colo, place: knownPlace(colo) }));
  const found = new Map<Colo, Cell[]>(colos.map((colo) => [colo, []]));
  for (const cell of cells) {
    let nearest: Colo | undefined;
    let nearestKm = Number.POSITIVE_INFINITY;
    for (const { colo, place } of places) {
      const km = distanceKm(cell, place);
      if (km < nearestKm) [nearest, nearestKm] = [colo, km];
    }
    if (nearest !== undefined) found.get(nearest)?.push(cell);
  }
  return found;
}

function entranceOf(colo: Colo, cells: readonly Cell[]): Entrance {
  const crowds = new Map<string, Crowd>();
  const byContinent = new Map<string, number>();
  for (const { continent, share, solarOffsetH } of cells) {
    const zone = Math.round(solarOffsetH);
    const key = `${continent} ${zone}`;
    const before = crowds.get(key)?.share ?? 0;
    crowds.set(key, { continent, solarOffsetH: zone, share: before + share });
    byContinent.set(continent, (byContinent.get(continent) ?? 0) + share);
  }
  const [most] = [...byContinent].sort((a, b) => b[1] - a[1]);
  return {
    colo,
    place: knownPlace(colo),
    share: shareOf(cells),
    continent: most?.[0] ?? "NA",
    crowds: [...crowds.values()],
  };
}

const shareOf = (cells: readonly Cell[]): number =>
  cells.reduce((sum, { share }) => sum + share, 0);

const kmBetween = (one: Colo, other: Colo): number =>
  distanceKm(knownPlace(one), knownPlace(other));

/** Errors: throws for a colo that the table lacks: all that come here are from it. */
export function knownPlace(colo: Colo): Place {
  const place = placeOf(colo);
  if (place === undefined) throw new Error(`${colo} is in no table of colos`);
  return place;
}
