/** What a bench measured, several times each, printed with its spread and judged by the bar of the project. */

export interface Figure {
  readonly median: number;
  readonly low: number;
  readonly high: number;
  readonly unit: string;
  readonly digits: number;
}

/** Shape: at least one run. */
export function figureOf(unit: string, runs: readonly number[], digits = 2): Figure {
  const sorted = runs.toSorted((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return {
    median: at(sorted.length >> 1),
    low: at(0),
    high: at(sorted.length - 1),
    unit,
    digits,
  };
}

interface Row {
  readonly what: string;
  readonly figure: Figure;
  /** At most this much; `null` = told, not judged. */
  readonly wanted: number | null;
}

/** Figures in the order in which they were told. */
export class Sheet {
  readonly #rows: Row[] = [];

  tell(what: string, figure: Figure, wanted: number | null = null): void {
    this.#rows.push({ what, figure, wanted });
  }

  /** What is no number misses its bar too. */
  get missed(): number {
    return this.#rows.filter((row) => !isMet(row)).length;
  }

  text(): string {
    const width = Math.max(0, ...this.#rows.map(({ what }) => what.length));
    return this.#rows
      .map((row) => `${row.what.padEnd(width)}  ${saidOf(row.figure)}  ${wantedOf(row)}`.trimEnd())
      .join("\n");
  }

  markdown(): string {
    const lines = this.#rows.map(
      (row) => `| ${row.what} | ${saidOf(row.figure)} | ${wantedOf(row)} |`,
    );
    return ["| what | median (range) | wanted |", "|---|---|---|", ...lines].join("\n");
  }
}

const isMet = ({ figure, wanted }: Row): boolean => wanted === null || figure.median <= wanted;

const saidOf = ({ median, low, high, unit, digits }: Figure): string =>
  `${median.toFixed(digits)} ${unit} (${low.toFixed(digits)} … ${high.toFixed(digits)})`;

function wantedOf(row: Row): string {
  if (row.wanted === null) return "";
  return `≤ ${row.wanted} ${row.figure.unit}${isMet(row) ? "" : " MISSED"}`;
}
