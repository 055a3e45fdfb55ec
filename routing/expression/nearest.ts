/** The candidate that takes the fewest edits, for a name that nobody knows. Only refusals pay for it. */

/** Longer names are a paste by mistake, and the cost is the product of both lengths. */
const WRITTEN_MAX = 64;

/** `undefined` when even the nearest is more than half different. */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  if (written.length > WRITTEN_MAX) return undefined;
  const name = written.toLowerCase();
  let best: string | undefined;
  let fewest = Math.floor(name.length / 2) + 1;
  for (const candidate of candidates) {
    const edits = distance(name, candidate);
    if (edits < fewest) [best, fewest] = [candidate, edits];
  }
  return best;
}

/**
 * Letters left out and put in; another letter is both, because people leave parts of a dotted name out more often than
 * they write others. Source: Wagner and Fischer, one row at a time.
 */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let line = 1; line <= a.length; line += 1) {
    const next = [line];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (a[line - 1] === b[column - 1] ? 0 : 2);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
