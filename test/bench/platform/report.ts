/** The tables of the platform's cost, as Markdown; the sentences are made of the same numbers. */
import { EXCHANGES_PER_SECOND_MAX } from "../../../routing/limits.ts";
import { breakEvenBytes, GCP_USD_PER_GB } from "./cost.ts";
import { ASSUMED, type Fleet, type Month, monthOf, perMillion } from "./deployment.ts";
import { type MessageBytes, USED } from "./messages.ts";
import type { Upkeep } from "./region.ts";
import type { Spread } from "./spread.ts";

export interface MeasuredFleet extends Fleet {
  readonly spread: Spread;
}

export interface Measured {
  readonly fleets: readonly MeasuredFleet[];
  readonly messages: readonly MessageBytes[];
  readonly upkeep: Upkeep;
  readonly coldKvReads: number;
}

export function reportOf(measured: Measured): string {
  const { fleets, messages, upkeep, coldKvReads } = measured;
  const months = fleets.map((fleet) => ({ fleet, month: monthOf(fleet, upkeep, coldKvReads) }));
  return [
    `### Exchanges, and how long a verdict travels

All isolates of one region object; a request goes to any of them by chance. Time to know is from the region's verdict until the isolate holds it, over all isolates and flips, without the
network (about one round trip to the region more).`,
    exchangeTable(fleets),
    `### Messages

As a structured clone; every endpoint probed and measured from the colo, ${USED} endpoints used since the last report. A beat carries what its reporter's host can use; one of an older release is sent the whole account.`,
    messageTable(messages),
    upkeepText(upkeep, coldKvReads),
    `### Dollars a month

List prices, what is included taken off. Assumed: ${ASSUMED.requestCpuMs} ms of CPU a request and ${ASSUMED.exchangeCpuMs} ms an exchange, ${ASSUMED.bytesPerRequest / 1_000} KB a request both ways, ${ASSUMED.requestsPerConnection} requests a connection, an isolate lives ${ASSUMED.isolateHours} h,
${ASSUMED.regions} regions that probe all the time. The managed ones are one balancer in one region: they know one cloud and one place, and steering between regions is another product.`,
    moneyTable(months),
    sentences(months),
  ].join("\n\n");
}

function exchangeTable(fleets: readonly MeasuredFleet[]): string {
  const rows = fleets.map((fleet) => {
    const { isolates, rate, spread } = fleet;
    const { exchanges, subrequests } = perMillion(fleet);
    return [
      count(isolates),
      rate,
      (spread.beatMs / 1_000).toFixed(1),
      spread.exchangesPerS.toFixed(1),
      count(exchanges),
      count(subrequests),
      seconds(quantile(spread.knowMs, 0.5)),
      seconds(quantile(spread.knowMs, 0.99)),
      count(spread.knowMs.length),
    ];
  });
  return table(
    "isolates|requests/s each|beat s|exchanges/s|exchanges per M requests|subrequests per M|50 % know s|99 % know s|samples",
    rows,
  );
}

const outOf = (bytes: number): string =>
  `${((bytes * EXCHANGES_PER_SECOND_MAX) / 1e6).toFixed(1)} MB/s`;

const messageTable = (messages: readonly MessageBytes[]): string =>
  table(
    `endpoints|report bytes|beat bytes|out of the object at ${EXCHANGES_PER_SECOND_MAX}/s|beat of the whole account|out of the object`,
    messages.map(({ endpoints, report, beat, wholeBeat }) => [
      count(endpoints),
      count(report),
      count(beat),
      outOf(beat),
      count(wholeBeat),
      outOf(wholeBeat),
    ]),
  );

const upkeepText = ({ alarms, rowsWritten, kvWrites }: Upkeep, coldKvReads: number): string =>
  `A region with 12 endpoints probed every 5 s and one exchange a second, by the month: ${count(alarms)} alarms, ${count(rowsWritten)} rows written, ${count(kvWrites)} KV writes. A cold isolate reads ${coldKvReads} KV keys.`;

interface Row {
  readonly fleet: Fleet;
  readonly month: Month;
}

const moneyTable = (rows: readonly Row[]): string =>
  table(
    "isolates|requests/s each|M requests|requests|CPU|exchanges|fixed|**ours**|ours per M|AWS ALB|GCP|Azure|ours ÷ ALB",
    rows.map(({ fleet, month }) => [
      count(fleet.isolates),
      fleet.rate,
      count(month.millions),
      usd(month.bill.requests),
      usd(month.bill.cpu),
      usd(month.bill.objectRequests),
      usd(month.fixed),
      `**${usd(month.bill.total)}**`,
      usd(month.perMillion),
      usd(month.awsAlb),
      usd(month.gcp),
      usd(month.azure),
      `${(month.bill.total / month.awsAlb).toFixed(1)} ×`,
    ]),
  );

function sentences(rows: readonly Row[]): string {
  const worse = rows.filter(({ month }) => month.bill.total > month.awsAlb);
  const parts = ["requests", "CPU", "exchanges", "fixed"] as const;
  const driverOf = ({ month }: Row) => {
    const costs = [month.bill.requests, month.bill.cpu, month.bill.objectRequests, month.fixed];
    return parts[costs.indexOf(Math.max(...costs))] ?? "";
  };
  const drivers = parts.flatMap((part) => {
    const cases = worse.filter((row) => driverOf(row) === part);
    if (cases.length === 0) return [];
    const where = cases.map(({ fleet }) => `${count(fleet.isolates)} × ${fleet.rate}/s`).join(", ");
    return [`- mostly by **${part}**: ${where}`];
  });
  const last = rows.at(-1);
  const bytes = last === undefined ? 0 : breakEvenBytes(last.month.perMillion, GCP_USD_PER_GB);
  return [
    worse.length === 0
      ? "Nowhere dearer than one ALB."
      : `Dearer than one ALB in ${worse.length} of ${rows.length} cases:`,
    ...drivers,
    "",
    `A Worker is paid by the request, the others by the GB: for the largest fleet here both cost the same at ${(bytes / 1_000).toFixed(0)} KB a request, above that ours is the cheaper one. Small fleets pay for objects that never sleep.`,
  ].join("\n");
}

/** Of an ascending list. */
export const quantile = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;

const seconds = (ms: number): string =>
  Number.isFinite(ms) ? (ms / 1_000).toFixed(2) : "not in time";
const usd = (value: number): string =>
  `$${value.toLocaleString("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
const count = (value: number): string =>
  value.toLocaleString("en-US", { maximumFractionDigits: value < 100 ? 1 : 0 });

function table(head: string, rows: readonly (readonly (string | number)[])[]): string {
  const titles = head.split("|");
  const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}
