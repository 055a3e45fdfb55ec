/**
 * How often a series turns back: a rise of more than `swing` above the lowest point since the last turn, then such a fall, is one
 * reversal. A move to another level and staying there is none; ripples smaller than `swing` are none either.
 */
export function reversalsOf(series: readonly number[], swing: number): number {
  let count = 0;
  let direction: "up" | "down" | null = null;
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (const value of series) {
    lowest = Math.min(lowest, value);
    highest = Math.max(highest, value);
    const rises: boolean = direction !== "up" && value - lowest > swing;
    const falls: boolean = direction !== "down" && highest - value > swing;
    if (!rises && !falls) continue;
    if (direction !== null) count += 1;
    direction = rises ? "up" : "down";
    // The next turn is counted from the far end of this one.
    lowest = value;
    highest = value;
  }
  return count;
}

/**
 * The share of the demand that went to another pool than in the minute before: half of what all shares changed by, per
 * place, weighted by its requests; without what the luck of the draw alone would show.
 *
 * Shape: `before` and `after` per place and pool, in requests. Range: 0..1.
 */
export function movedOf(
  before: readonly (readonly number[])[],
  after: readonly (readonly number[])[],
): number {
  let requests = 0;
  let moved = 0;
  for (const [place, earlier] of before.entries()) {
    const later = after[place] ?? [];
    const [n, m] = [sum(earlier), sum(later)];
    if (n === 0 || m === 0) continue;
    requests += n + m;
    moved += (n + m) * (distance(earlier, n, later, m) - luck(earlier, n, later, m));
  }
  return requests === 0 ? 0 : Math.max(0, moved / requests);
}

const sum = (values: readonly number[]): number => values.reduce((all, one) => all + one, 0);

const distance = (earlier: readonly number[], n: number, later: readonly number[], m: number) =>
  sum(earlier.map((count, pool) => Math.abs(count / n - (later[pool] ?? 0) / m))) / 2;

/** The mean of the distance when both are drawn from the same shares: of a normal variable's absolute value. */
function luck(earlier: readonly number[], n: number, later: readonly number[], m: number): number {
  const deviations = earlier.map((count, pool) => {
    const share = (count + (later[pool] ?? 0)) / (n + m);
    return Math.sqrt(share * (1 - share) * (1 / n + 1 / m));
  });
  return (Math.sqrt(2 / Math.PI) * sum(deviations)) / 2;
}
