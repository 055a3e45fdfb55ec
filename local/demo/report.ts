/** What the two demos share: the demo's host, and numbers put into columns. */
export const DEMO_HOST = "demo.tradewind.test";

/** The nearest rank; 0 of nothing. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? 0;
}

/** Columns of numbers stand to the right, columns of words to the left. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows];
  const columns = head.map((_, at) => ({
    width: Math.max(...lines.map((line) => (line[at] ?? "").length)),
    isNumber: rows.every((row) => /^\d/.test(row[at] ?? "")),
  }));
  const put = (cell: string, at: number) => {
    const { width, isNumber } = columns[at] ?? { width: 0, isNumber: false };
    return isNumber ? cell.padStart(width) : cell.padEnd(width);
  };
  return lines.map((line) => line.map(put).join("  ").trimEnd()).join("\n");
}
