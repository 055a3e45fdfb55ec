/** What `dns.ts` does and finds: each claim with what is wrong with it. */
import type { Look } from "../../workers/central/sync/ports.ts";
import { KeptZone, type Published } from "../workers/central/sync/servers/kept-zone.ts";
import { type Site, startSites } from "../workers/central/sync/servers/sites.ts";
import { written } from "../workers/central/sync/servers/witness.ts";

/** A takeover has at most 1,000 names, and a zone of 500 has every kind. */
const IMPORTED_NAMES_MAX = 500;

/** `wrong` is empty where the claim holds. */
export type Claim = (entry: string, claim: string, wrong: string) => void;

export interface Row {
  readonly entry: string;
  readonly published: Published;
}

/** One zone at three providers at once, then octoDNS's zone at three others. Tells each claim as it finds it. */
export async function runDns(names: number, claim: Claim): Promise<readonly Row[]> {
  const kept = await startSites();
  try {
    const rows = await Promise.all(kept.map((site) => publish(site, names, claim)));
    return rows;
  } finally {
    await Promise.all(kept.map((site) => site.stop()));
  }
}

export async function runTakeover(names: number, claim: Claim): Promise<void> {
  const sites = await startSites();
  try {
    // octoDNS runs as a process of its own each time; one after the other is enough of them.
    for (const site of sites) await takeOver(site, Math.min(names, IMPORTED_NAMES_MAX), claim);
  } finally {
    await Promise.all(sites.map((site) => site.stop()));
  }
}

async function publish(site: Site, names: number, claim: Claim): Promise<Row> {
  const { entry } = site;
  const zone = new KeptZone({ site, names });
  const { ledger } = zone;

  const published = await zone.publish();
  claim(entry, "the first publication creates and does nothing else", unlessCreates(published));
  claim(entry, "a second look finds nothing to do", unlessInStep(await ledger.look()));
  ledger.forget();
  claim(
    entry,
    "a ledger without its memory finds nothing to do",
    unlessInStep(await ledger.look()),
  );

  const repaired = await zone.edit();
  await ledger.turn();
  claim(entry, "a foreign edit is told as drift", unlessDrift(await ledger.told(), repaired));
  claim(entry, "and repaired", unlessInStep(await ledger.look()));

  zone.drift("respect");
  await ledger.turn();
  const before = { told: (await ledger.told()).length, batches: ledger.batches.length };
  const respected = await zone.edit();
  const { plan } = await ledger.turn();
  const isLeft = ledger.batches.length === before.batches && plan?.respected.length === 1;
  const told = (await ledger.told()).slice(before.told);
  claim(entry, "with drift: respect it is told", unlessDrift(told, respected));
  claim(entry, "and left", isLeft ? "" : JSON.stringify(plan?.units));
  await ledger.apply(true);
  claim(entry, "until an operator applies it too", unlessInStep(await ledger.look()));
  claim(entry, "octoDNS would change nothing", unlessNone(await zone.judged()));
  return { entry, published };
}

async function takeOver(site: Site, names: number, claim: Claim): Promise<void> {
  const { entry } = site;
  const zone = new KeptZone({ site, names, imported: true });
  const { records } = zone.intent.sync;
  await written(site, records);
  const { entry: done } = await zone.publish();
  const other = done.changes.filter(({ kind, key }) => kind !== "create" || !isMark(key));
  claim(entry, "octoDNS's zone is taken over by marks and nothing else", unlessNone(other));
  const isEach = done.changes.length === records.length;
  claim(entry, "one for each set", isEach ? "" : `${done.changes.length} of ${records.length}`);
  claim(entry, "and is then in step", unlessInStep(await zone.ledger.look()));
  const changes = await zone.judged();
  claim(entry, "and octoDNS, told of the marks, would change nothing", unlessNone(changes));
}

export const isMark = (key: string): boolean => /^(a|aaaa|cname|txt|mx|srv|caa)-.* TXT$/.test(key);

function unlessCreates({ first, entry }: Published): string {
  const other = entry.changes.filter(({ kind }) => kind !== "create");
  if (first.plan?.ours !== 0 || entry.outcome !== "done") return `${entry.outcome} ${entry.detail}`;
  return unlessNone(other);
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

function unlessDrift(told: readonly string[], key: string): string {
  const sentence = `drift: 1 sets of ours are not as we wrote them, the first is ${key}`;
  const times = told.filter((one) => one === sentence).length;
  return times === 1 ? "" : `${times} times in ${JSON.stringify(told.slice(-5))}`;
}

const unlessNone = (changes: readonly unknown[]): string =>
  changes.length === 0 ? "" : `${changes.length} changes, ${JSON.stringify(changes[0])}`;
