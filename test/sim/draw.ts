/** A run as a picture: a lane for every fault, origin and object, time from left to right, a violation across all of them. */
import { BEGIN_MS } from "./kernel.ts";
import type { Happening } from "./timeline.ts";

interface Mark {
  readonly atMs: number;
  /** Absent = a moment. */
  readonly untilMs?: number;
  readonly sign: string;
  readonly color: string;
  /** What the mouse is told. */
  readonly title: string;
}

interface Lane {
  readonly name: string;
  readonly marks: Mark[];
}

const WIDTH = 1_500;
const LEFT = 190;
const TOP = 64;
const LANE = 20;
const GRID_LINES = 12;

const RED = "#c0392b";
const COLORS: Readonly<Record<string, string>> = {
  "origin dead": "#7f1d1d",
  "origin gray": "#9ca3af",
  "origin slow": "#d97706",
  "origin black hole": "#111827",
  "origin flapping": "#a855f7",
};
const FAULT_COLOR = "#93b4d6";
const NAMES_OF_OBJECTS = /v1:(?:region:([a-z-]+):cell:0|(config):default|(directory))/;
const SIGNS: Readonly<Record<string, readonly [string, string]>> = {
  eviction: ["×", "#6b7280"],
  "eviction mid-call": ["×", RED],
  "object gone": ["×", "#6b7280"],
  "crash before commit": ["◁", RED],
  "crash after commit": ["▷", RED],
  superseded: ["2", "#a855f7"],
  "object start": ["·", "#16a34a"],
  "alarm lost": ["a", RED],
  "alarm late": ["a", "#d97706"],
  "alarm doubled": ["A", "#d97706"],
};
const VERDICTS: Readonly<Record<string, readonly [string, string]>> = {
  "verdict down": ["▼", RED],
  "verdict up": ["▲", "#16a34a"],
  "ejected by traffic": ["●", "#d97706"],
};
/** A sign can be read on a bar of any colour. */
const HALO = 'stroke="white" stroke-width="3" paint-order="stroke"';
const LEGEND =
  "▼ ▲ a region calls it down, up   ● ejected by traffic   × instance ends (red: in a call)   ◁ ▷ crash before, after a commit   " +
  "2 superseded   a alarm lost (red) or late   A doubled   answers: | 2xx, red 5xx";

/** `happenings` in their order. Cost: a few hundred bytes each. */
export function drawing(title: string, happenings: readonly Happening[]): string {
  const endMs = happenings.at(-1)?.atMs ?? BEGIN_MS + 1;
  const lanes = lanesOf(happenings, endMs);
  const height = TOP + LANE * lanes.length + 40;
  const xOf = (ms: number) =>
    LEFT + ((WIDTH - LEFT - 20) * (ms - BEGIN_MS)) / Math.max(1, endMs - BEGIN_MS);
  const parts = [
    `<rect width="${WIDTH}" height="${height}" fill="white"/>`,
    text(12, 22, `${title}, ${seconds(endMs - BEGIN_MS)} s`, "#111827", 15),
    text(12, 40, LEGEND, "#6b7280", 11),
    ...quietOf(happenings, xOf, endMs, height),
    ...gridOf(endMs, xOf, height),
    ...lanes.flatMap((lane, index) => laneOf(lane, TOP + LANE * index, xOf)),
    ...violationsOf(happenings, xOf, height),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" font-family="monospace">\n${parts.join("\n")}\n</svg>\n`;
}

function lanesOf(happenings: readonly Happening[], endMs: number): readonly Lane[] {
  const groups: readonly Map<string, Lane>[] = [new Map(), new Map(), new Map(), new Map()];
  const lane = (group: number, name: string): Lane => {
    const found = groups[group]?.get(name) ?? { name, marks: [] };
    groups[group]?.set(name, found);
    return found;
  };
  const open = new Map<string, number>();
  for (const { atMs, what, detail } of happenings) {
    const [sign, color] = SIGNS[what] ?? VERDICTS[what] ?? ["", ""];
    const title = `${what}: ${detail}`;
    const lasting = /^(.*) (begins|ends)$/.exec(what);
    const object = objectIn(detail);
    if (lasting?.[2] === "begins") open.set(`${lasting[1]}|${detail}`, atMs);
    else if (lasting?.[2] === "ends") {
      const beganMs = open.get(`${lasting[1]}|${detail}`) ?? atMs;
      open.delete(`${lasting[1]}|${detail}`);
      bar(lane, lasting[1] ?? "", detail, beganMs, atMs);
    } else if (what === "version accepted" || what === "version found in storage") {
      lane(0, "versions").marks.push({ atMs, sign: detail, color: "#1d4ed8", title });
    } else if (what === "answer") {
      const isGood = / [12]\d\d /.test(detail);
      const isOurs = / [34]\d\d /.test(detail);
      const shade = isGood ? "#86c79a" : isOurs ? "#d1d5db" : RED;
      lane(0, "answers").marks.push({ atMs, sign: "|", color: shade, title });
    } else if (VERDICTS[what] !== undefined) {
      const address = detail.split(" ")[1] ?? "";
      lane(2, shortOrigin(address)).marks.push({ atMs, sign, color, title });
    } else if (SIGNS[what] !== undefined && object !== null) {
      lane(3, object).marks.push({ atMs, sign, color, title });
    }
  }
  for (const [key, beganMs] of open) {
    const [what = "", detail = ""] = key.split("|");
    bar(lane, what, detail, beganMs, endMs);
  }
  return groups.flatMap((group) =>
    [...group.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
  );
}

function bar(
  lane: (group: number, name: string) => Lane,
  what: string,
  detail: string,
  atMs: number,
  untilMs: number,
): void {
  const color = COLORS[what] ?? FAULT_COLOR;
  const isOrigin = COLORS[what] !== undefined;
  const title = `${what}: ${detail}`;
  const sign = isOrigin ? what.replace("origin ", "") : shortOrigin(objectIn(detail) ?? detail);
  const into = isOrigin ? lane(2, shortOrigin(detail)) : lane(1, what);
  // Behind the moments.
  into.marks.unshift({ atMs, untilMs, sign, color, title });
}

const objectIn = (detail: string): string | null => {
  const found = NAMES_OF_OBJECTS.exec(detail);
  return found === null ? null : (found[1] ?? found[2] ?? found[3] ?? null);
};

const shortOrigin = (text: string): string => text.replace(".cloud.example.net", "");

type X = (ms: number) => number;

function laneOf({ name, marks }: Lane, y: number, xOf: X): readonly string[] {
  return [
    `<line x1="${LEFT}" x2="${WIDTH - 20}" y1="${y + LANE}" y2="${y + LANE}" stroke="#f1f3f5"/>`,
    text(12, y + 14, name, "#111827", 12),
    ...marks.map(({ atMs, untilMs, sign, color, title }) => {
      const x = xOf(atMs);
      const hint = `<title>${escaped(`${seconds(atMs - BEGIN_MS)} s ${title}`)}</title>`;
      if (untilMs === undefined)
        return `<g ${HALO}>${hint}${text(x - 3, y + 14, sign, color, 12)}</g>`;
      const width = Math.max(2, xOf(untilMs) - x);
      const label = width > 7 * sign.length + 6 ? text(x + 4, y + 14, sign, "white", 11) : "";
      return `<g>${hint}<rect x="${at(x)}" y="${y + 3}" width="${at(width)}" height="${LANE - 5}" rx="2" fill="${color}" fill-opacity="0.75"/>${label}</g>`;
    }),
  ];
}

const gridOf = (endMs: number, xOf: X, height: number): readonly string[] =>
  Array.from({ length: GRID_LINES + 1 }, (_, place) => {
    const ms = (place * (endMs - BEGIN_MS)) / GRID_LINES;
    const x = at(xOf(BEGIN_MS + ms));
    return `<line x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${height - 26}" stroke="#e5e7eb"/>${text(Number(x) - 12, height - 10, `${seconds(ms)} s`, "#6b7280", 11)}`;
  });

function quietOf(happenings: readonly Happening[], xOf: X, endMs: number, height: number) {
  const quiet = happenings.find(({ what }) => what === "quiet");
  if (quiet === undefined) return [];
  const x = xOf(quiet.atMs);
  return [
    `<rect x="${at(x)}" y="${TOP - 8}" width="${at(xOf(endMs) - x)}" height="${height - TOP - 18}" fill="#f0fdf4"/>`,
    text(x + 4, TOP - 12, "quiet: nothing goes wrong any more", "#16a34a", 11),
  ];
}

const violationsOf = (happenings: readonly Happening[], xOf: X, height: number) =>
  happenings
    .filter(({ what }) => what === "VIOLATION")
    .map(({ atMs, detail }) => {
      const x = at(xOf(atMs));
      return `<line x1="${x}" x2="${x}" y1="${TOP - 8}" y2="${height - 26}" stroke="${RED}" stroke-width="2"/><text x="${WIDTH - 20}" y="58" text-anchor="end" font-size="12" fill="${RED}">${escaped(`${seconds(atMs - BEGIN_MS)} s VIOLATION: ${detail}`)}</text>`;
    });

const text = (x: number, y: number, words: string, color: string, size: number): string =>
  `<text x="${at(x)}" y="${at(y)}" font-size="${size}" fill="${color}">${escaped(words)}</text>`;

const at = (pixels: number): string => pixels.toFixed(1);
const seconds = (ms: number): string => (ms / 1_000).toFixed(1);
const escaped = (words: string): string =>
  words.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
