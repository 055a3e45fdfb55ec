/**
 * Weights as providers take them: integers of 0..255.
 *
 * Each is rounded by itself, as a share of the largest, so that a change of one moves no other and the same weights always give the same
 * integers. A weight above 0 never becomes 0, which would take the endpoint out.
 */
const MAX = 255;

export function integerWeights(weights: readonly number[]): readonly number[] {
  const largest = Math.max(...weights, 0);
  if (largest === 0) return weights.map(() => 1);
  return weights.map((weight) =>
    weight <= 0 ? 0 : Math.max(1, Math.round((MAX * weight) / largest)),
  );
}
