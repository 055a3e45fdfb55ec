import type { Record } from "./generator.ts";

export interface Latency {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
}

export interface Summary {
  readonly requests: number;
  readonly lostIdempotent: readonly Record[];
  readonly failedPosts: readonly Record[];
  /** Milliseconds from when each request was due, good answers only. */
  readonly latency: Latency;
  /** 99th percentile of how late the generator itself was: more than a few ms spoils the figures. */
  readonly generatorLateMsP99: number;
}

/** Requests due in [fromMs, toMs). */
export const dueIn = (
  records: readonly Record[],
  fromMs: number,
  toMs: number,
): readonly Record[] =>
  records.filter(({ planned }) => planned.dueMs >= fromMs && planned.dueMs < toMs);

export function summarize(records: readonly Record[]): Summary {
  const bad = records.filter((record) => !record.ok);
  const good = records.filter((record) => record.ok);
  const late = records.map(({ sentMs, planned }) => sentMs - planned.dueMs);
  return {
    requests: records.length,
    lostIdempotent: bad.filter(({ planned }) => planned.kind !== "post"),
    failedPosts: bad.filter(({ planned }) => planned.kind === "post"),
    latency: latencyOf(good.map(({ doneMs, planned }) => doneMs - planned.dueMs)),
    generatorLateMsP99: latencyOf(late).p99,
  };
}

export function latencyOf(samplesMs: readonly number[]): Latency {
  const sorted = samplesMs.toSorted((a, b) => a - b);
  return { p50: quantile(sorted, 0.5), p95: quantile(sorted, 0.95), p99: quantile(sorted, 0.99) };
}

/** Nearest rank; `NaN` of nothing. */
export const quantile = (sorted: readonly number[], ratio: number): number =>
  sorted[Math.max(0, Math.ceil(sorted.length * ratio) - 1)] ?? Number.NaN;

/** Good answers by the pool that gave them, as shares of 1. */
export function sharesByPool(records: readonly Record[]): Readonly<{ [pool: string]: number }> {
  const counts = new Map<string, number>();
  for (const { pool, ok } of records) {
    if (ok && pool !== null) counts.set(pool, (counts.get(pool) ?? 0) + 1);
  }
  const all = [...counts.values()].reduce((sum, count) => sum + count, 0);
  return Object.fromEntries([...counts].map(([pool, count]) => [pool, count / all]));
}

/** What went wrong, most frequent first, at most `most` lines. */
export function reasons(records: readonly Record[], most = 5): readonly string[] {
  const counts = new Map<string, number>();
  for (const { reason } of records) {
    if (reason !== "") counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, most)
    .map(([reason, count]) => `${count} × ${reason}`);
}

/** Second by second: requests, good answers by pool, failures, p50 and p99. */
export function timeline(records: readonly Record[], pools: readonly string[]): string {
  const last = Math.max(0, ...records.map(({ planned }) => planned.dueMs));
  const lines = [
    `  s   req  ${pools.map((pool) => pool.padStart(12)).join("")}   bad    p50    p99`,
  ];
  for (let second = 0; second * 1_000 <= last; second += 1) {
    const window = dueIn(records, second * 1_000, (second + 1) * 1_000);
    const { latency } = summarize(window);
    const byPool = pools.map((pool) => window.filter((r) => r.ok && r.pool === pool).length);
    lines.push(
      [
        String(second).padStart(3),
        String(window.length).padStart(6),
        "  ",
        byPool.map((count) => String(count).padStart(12)).join(""),
        String(window.filter(({ ok }) => !ok).length).padStart(6),
        latency.p50.toFixed(0).padStart(7),
        latency.p99.toFixed(0).padStart(7),
      ].join(""),
    );
  }
  return lines.join("\n");
}
