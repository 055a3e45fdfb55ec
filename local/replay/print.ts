/** What came of a recording, as a person reads it. */
import type { Comparison, Share } from "../../routing/replay/comparison.ts";
import type { Change } from "../../routing/replay/what-if.ts";

const DISAGREEMENTS_TOLD = 5;

export function printed(host: string, found: Comparison, change: Change | null): string {
  const replayed = found.agreed + found.disagreed.length;
  const lines = [
    `${found.records} recorded decisions of ${host}`,
    `  agree     ${found.agreed} of ${replayed} replayed, byte for byte, and looked at nothing else`,
    ...found.disagreed
      .slice(0, DISAGREEMENTS_TOLD)
      .map(
        ({ place, unrecorded }) =>
          `  differs   decision ${place}${unrecorded.length === 0 ? "" : `, which looked at ${unrecorded.join(", ")}`}`,
      ),
    ...[...found.skipped].map(([reason, count]) => `  skipped   ${count}: ${reason}`),
  ];
  return [...lines, ...(change === null ? [] : whatIfLines(found, change))].join("\n");
}

function whatIfLines({ shares, unknown, missing }: Comparison, change: Change): readonly string[] {
  const total = shares.reduce((sum, { actual }) => sum + actual, 0);
  const pools = [...new Set(shares.map(({ pool }) => pool))].map((name) => ({
    name: name ?? "nowhere",
    endpoints: shares.filter(({ pool }) => pool === name),
  }));
  const rows = pools.flatMap(({ name, endpoints }) => [
    row(name, summed(endpoints), total),
    ...endpoints
      .filter(({ endpoint }) => endpoint !== null)
      .map((share) => row(`  ${share.endpoint}`, share, total)),
  ]);
  return [
    `if it were ${nameOf(change)}: known of ${total} of ${total + unknown}`,
    ...(total === 0 ? [] : [`  ${"".padEnd(NAME_WIDTH)}     as it was   as it would be`, ...rows]),
    ...(unknown === 0
      ? []
      : [`  unknown   ${unknown}, because they do not have ${listOf(missing)}`]),
  ];
}

const NAME_WIDTH = 24;

type Sums = Pick<Share, "actual" | "other">;

const summed = (shares: readonly Sums[]): Sums => ({
  actual: shares.reduce((sum, { actual }) => sum + actual, 0),
  other: shares.reduce((sum, { other }) => sum + other, 0),
});

const row = (name: string, { actual, other }: Sums, total: number): string =>
  `  ${name.padEnd(NAME_WIDTH)} ${share(actual, total)} ${share(other, total)}`;

const share = (count: number, total: number): string =>
  `${String(count).padStart(6)} ${((100 * count) / total).toFixed(1).padStart(5)} %`;

const nameOf = ({ steering, endpoints }: Change): string =>
  [steering, endpoints].filter((name) => name !== undefined).join(" with ");

const listOf = (missing: ReadonlyMap<string, number>): string =>
  [...missing]
    .sort(([, one], [, other]) => other - one)
    .map(([signal, count]) => `${signal} (${count})`)
    .join(", ");
