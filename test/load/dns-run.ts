/** What `dns.ts` does and finds: each claim with what is wrong with it. */
import type { Look } from "../../workers/central/sync/ports.ts";
import { KeptZone, type Published } from "../workers/central/sync/servers/kept-zone.ts";
import { type Site, startSites } from "../workers/central/sync/servers/sites.ts";
import { written } from "../workers/central/sync/servers/witness.ts";

/** A takeover has at most 1,000 names, and a zone of 500 has every kind. */
const IMPORTED_NAMES_MAX = 500;

export interface Claim {
  readonly claim: string;
  /** Empty: it holds. */
  readonly wrong: string;
}

export interface DnsRun {
  readonly rows: readonly (readonly (string | number)[])[];
  readonly claims: readonly Claim[];
}

export async function runDns(names: number): Promise<DnsRun> {
  const [kept, taken] = [await startSites(), await startSites()];
  try {
    const published = await Promise.all(kept.map((site) => publish(site, names)));
    const imported = Math.min(names, IMPORTED_NAMES_MAX);
    const takenOver: Claim[] = [];
    // octoDNS runs as a process of its own each time; one after the other is enough of them.
    for (const site of taken) takenOver.push(...(await takeOver(site, imported)));
    return {
      rows: published.map(({ row }) => row),
      claims: [...published.flatMap(({ claims }) => claims), ...takenOver],
    };
  } finally {
    await Promise.all([...kept, ...taken].map((site) => site.stop()));
  }
}

async function publish(site: Site, names: number) {
  const zone = new KeptZone({ site, names });
  const { ledger } = zone;
  const claims: Claim[] = [];
  const claim = (text: string, wrong: string) =>
    claims.push({ claim: `${site.entry}: ${text}`, wrong });

  const published = await zone.publish();
  claim("the first publication creates and does nothing else", unlessCreates(published));
  claim("a second look finds nothing to do", unlessInStep(await ledger.look()));
  ledger.forget();
  claim("a ledger that lost its memory finds nothing to do", unlessInStep(await ledger.look()));

  const repaired = await zone.edit();
  await ledger.turn();
  claim(
    "a foreign edit is told as drift",
    unlessTold(
      await ledger.told(),
      `drift: 1 sets of ours are not as we wrote them, the first is ${repaired}`,
    ),
  );
  claim("and repaired", unlessInStep(await ledger.look()));

  zone.drift("respect");
  await ledger.turn();
  const edited = await zone.edit();
  const batches = ledger.batches.length;
  const respected = await ledger.turn();
  const isLeft =
    ledger.batches.length === batches &&
    respected.plan?.units.length === 0 &&
    respected.plan.respected.length === 1;
  claim(
    "a respected edit is told and left",
    isLeft
      ? unlessTold(
          (await ledger.told()).slice(-1),
          `drift: 1 sets of ours are not as we wrote them, the first is ${edited}`,
        )
      : JSON.stringify(respected.plan?.units),
  );
  await ledger.apply(true);
  claim("until an operator applies it too", unlessInStep(await ledger.look()));
  claim("octoDNS would change nothing", unlessNone(await zone.judged()));
  return { row: rowOf(site, published), claims };
}

async function takeOver(site: Site, names: number): Promise<readonly Claim[]> {
  const zone = new KeptZone({ site, names, imported: true });
  const { ledger } = zone;
  await written(site, zone.intent.sync.records);
  const { first, entry } = await zone.publish();
  const content = entry.changes.filter(({ key }) => !isMark(key));
  const sets = zone.intent.sync.records.length;
  const isMarksOnly =
    content.length === 0 &&
    entry.changes.every(({ kind }) => kind === "create") &&
    entry.changes.length === sets;
  const claims = [
    [
      "a zone that octoDNS wrote is taken over with a mark for each set and nothing else",
      isMarksOnly
        ? ""
        : `${first.plan?.conflicts[0]?.detail} ${JSON.stringify(content.slice(0, 3))} ${entry.changes.length} of ${sets}`,
    ],
    ["and then is in step", unlessInStep(await ledger.look())],
    ["and octoDNS, told of the marks, would change nothing", unlessNone(await zone.judged())],
  ] as const;
  return claims.map(([claim, wrong]) => ({ claim: `${site.entry}: ${claim}`, wrong }));
}

function rowOf(site: Site, { entry, seconds, calls, batches }: Published) {
  const marks = entry.changes.filter(({ key }) => isMark(key)).length;
  const sets = entry.changes.length - marks;
  return [site.entry, sets, marks, seconds.toFixed(1), calls, batches.length, Math.max(...batches)];
}

const isMark = (key: string): boolean => /^(a|aaaa|cname|txt|mx|srv|caa)-.* TXT$/.test(key);

function unlessCreates({ first, entry }: Published): string {
  const other = entry.changes.filter(({ kind }) => kind !== "create");
  if (first.plan?.ours !== 0 || entry.outcome !== "done") return `${entry.outcome} ${entry.detail}`;
  return other.length === 0 ? "" : JSON.stringify(other.slice(0, 3));
}

function unlessInStep({ plan, failure, objections }: Look): string {
  if (plan === null) return failure?.detail ?? "no plan";
  const { units, respected, drift, conflicts, waiting, kept } = plan;
  const left = { units, respected, drift, conflicts, waiting, kept, objections };
  const some = Object.entries(left).filter(([, list]) => list.length > 0);
  return some
    .map(([what, list]) => `${list.length} ${what}, ${JSON.stringify(list[0])}`)
    .join("; ");
}

const unlessTold = (told: readonly string[], sentence: string): string =>
  told.filter((one) => one.startsWith(sentence)).length === 1 ? "" : JSON.stringify(told.slice(-5));

const unlessNone = (changes: readonly unknown[]): string =>
  changes.length === 0 ? "" : `${changes.length} changes, ${JSON.stringify(changes[0])}`;
