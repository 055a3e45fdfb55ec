/**
 * One look: what is wanted, what is there, what is to be done, and what speaks against it. It writes nowhere.
 *
 * The order is that of octoDNS: populate, then plan, then the guards; the caller applies and looks again.
 */
import { withDeadline, within } from "../../../durable-objects/deadline.ts";
import { changeKey } from "../../../routing/dns/change.ts";
import { type Desired, desiredOf } from "../../../routing/dns/desired.ts";
import { canFailOver } from "../../../routing/dns/edge.ts";
import type { Guard, GuardInput } from "../../../routing/dns/guard.ts";
import { GUARDS } from "../../../routing/dns/guards.ts";
import { healthySinceMs } from "../../../routing/dns/healthy-since.ts";
import type { Intent } from "../../../routing/dns/intent.ts";
import { marksOf } from "../../../routing/dns/mark.ts";
import { type Plan, planOf, unwantedKeys } from "../../../routing/dns/plan.ts";
import { hasShrunk } from "../../../routing/dns/plan-guards.ts";
import { isSameSet, type RecordSet, setKey, setText } from "../../../routing/dns/record.ts";
import { freezeName, stampName } from "../../../routing/dns/stamp.ts";
import { isOut, settle } from "../../../routing/dns/standing.ts";
import { unseenNotes, verdictsOf } from "../../../routing/dns/verdict.ts";
import { REGIONS } from "../../../routing/names.ts";
import type { EndpointId, Ms } from "../../../routing/units.ts";
import type { Failure, Provider } from "../dns/provider.ts";
import type { History } from "./history.ts";
import type { Memory } from "./memory.ts";
import type { Freeze, LedgerPorts, Look, ProviderMaker } from "./ports.ts";
import { isEdgeUp, sightsOf } from "./sights.ts";

/** The configuration store answers from memory; who is silent for this long does not answer. */
const INTENT_TIMEOUT_MS = 5_000;
/** The longest listing: 10,000 sets by pages of 300 at five calls a second, and a margin. */
const POPULATE_TIMEOUT_MS = 60_000;

/** Twice what a syncer of the simulator's worst provider was ever late by; AWS's enactor of 19 October 2025 was late by minutes. */
const DOUBTED_MS = 3_600_000;

/** Not a fault: the operator has taken the zone out. */
export const NOT_KEPT = "The newest version does not keep this zone in step.";

/** Everything that a look found; what follows is done with this and nothing else. */
export interface Sighting {
  readonly look: Look;
  readonly memory: Memory;
  /** `null`: nothing is wanted, or nobody could tell. */
  readonly intent: Intent | null;
  /** What a write needs; `null` when there is nothing to write with. */
  readonly ready: Ready | null;
}

export interface Ready {
  readonly intent: Intent;
  readonly provider: Provider;
  readonly plan: Plan;
  /** What guards look at beside the plan. */
  readonly facts: Omit<GuardInput, "plan">;
  /** The stamp as it was listed. */
  readonly stampSet: RecordSet | undefined;
}

export interface LookParts {
  readonly ports: LedgerPorts;
  readonly zone: string;
  readonly account: string;
  readonly makeProvider: ProviderMaker;
  readonly history: Pick<History, "doubted">;
  readonly guards?: readonly Guard[];
}

export async function lookAt(parts: LookParts, before: Memory): Promise<Sighting> {
  const { ports } = parts;
  const nowMs = ports.clock.nowMs();
  const intent = await intentOf(parts);
  if (typeof intent === "string") {
    const memory = { ...before, blindSinceMs: before.blindSinceMs ?? nowMs };
    return without({ atMs: nowMs, blind: intent }, memory, parts);
  }
  if (intent === null) {
    return without({ atMs: nowMs, blind: NOT_KEPT }, { ...before, blindSinceMs: null }, parts);
  }
  const seen = { ...before, blindSinceMs: null };
  const made = await providerOf(intent, parts);
  if (!made.ok) return without({ atMs: nowMs, failure: made.failure }, failed(seen), parts, intent);
  const listing = await listed(made.provider, ports);
  if (!listing.ok) {
    return without({ atMs: nowMs, failure: listing.failure }, failed(seen), parts, intent);
  }
  return planned({ intent, provider: made.provider, sets: listing.sets, nowMs }, seen, parts);
}

async function planned(
  {
    intent,
    provider,
    sets,
    nowMs,
  }: { intent: Intent; provider: Provider; sets: readonly RecordSet[]; nowMs: Ms },
  before: Memory,
  parts: LookParts,
): Promise<Sighting> {
  const { sync } = intent;
  const { abilities } = provider;
  const sights = await sightsOf(parts.ports);
  const verdicts = verdictsOf(intent, sights, { nowMs, regions: REGIONS.length });
  const verdictOf = (id: EndpointId) => verdicts.get(id) ?? "unknown";
  const healthyOf = (endpoint: EndpointId) => healthySinceMs(endpoint, sights);
  const pace = { nowMs, failbackHoldMs: 1_000 * sync.failback_hold_seconds, healthyOf };
  const settled = settle(before.standings, intent.pools, verdictOf, pace);
  const edge = await edgeOf(intent, provider, before, parts.ports, pace);
  const answers = desiredOf(intent, abilities, {
    isOut: ({ id }) => isOut(settled.standings, id),
    isEdgeUp: () => edge.isUp,
  });
  const desired = { ...answers, notes: [...answers.notes, ...unseenNotes(intent, verdictOf)] };
  const input = { sync, abilities, version: intent.version, desired, listing: sets };
  const unwanted = unwantedKeys(input);
  const counted = nowMs - before.countedAtMs >= (sync.interval * 1_000) / 2 ? 1 : 0;
  const absences = Object.fromEntries(
    unwanted.map((key) => [key, (before.absences[key] ?? 0) + counted]),
  );
  const doubted = parts.history.doubted(nowMs - DOUBTED_MS);
  const planFor = (wanted: Desired) =>
    planOf({ ...input, desired: wanted, written: before.written, doubted, absences });
  const plan = planFor(desired);
  const { base } = before;
  const unmoved =
    base === null
      ? plan
      : planFor(
          desiredOf(intent, abilities, {
            isOut: ({ id }) => isOut(base.standings, id),
            isEdgeUp: () => base.isEdgeUp,
          }),
        );
  const shrunkListings = hasShrunk(before.written, sets) ? before.shrunkListings + counted : 0;
  const facts: Ready["facts"] = {
    sync,
    abilities,
    listing: sets,
    hostnames: hostnamesOf(intent, sets, absences),
    written: before.written,
    shrunkListings,
    byHealth: movedOnly(plan, unmoved),
  };
  const guards = parts.guards ?? GUARDS;
  const isInStep = plan.units.length === 0;
  const memory: Memory = {
    ...before,
    standings: settled.standings,
    absences,
    shrunkListings,
    countedAtMs: counted === 1 ? nowMs : before.countedAtMs,
    edge,
    // Who cannot write tries later each time, however well he reads; who only could not read, or doubts what he read, looks as often as before.
    failures: isInStep || before.unwritten === "" || shrunkListings > 0 ? 0 : before.failures,
    written: believed(before.written, desired, sets),
    base: isInStep ? { standings: settled.standings, isEdgeUp: edge.isUp } : base,
    unwritten: isInStep ? "" : before.unwritten,
  };
  const look: Look = {
    atMs: nowMs,
    plan,
    objections: guards.flatMap((guard) => guard({ ...facts, plan })),
    held: settled.held,
    frozen: freezes(parts, memory, sets, sync),
    failure: null,
    blind: "",
  };
  const stampSet = sets.find(
    ({ name, type }) => type === "TXT" && name === stampName(sync.domain, sync.owner),
  );
  return { look, memory, intent, ready: { intent, provider, plan, facts, stampSet } };
}

/** Those that are published, and those of ours that were until a version lost them, which is not believed yet. */
function hostnamesOf(
  { sync, publications }: Intent,
  sets: readonly RecordSet[],
  absences: Memory["absences"],
): readonly string[] {
  const markOf = marksOf(sync.domain, sets);
  const doubted = sets.filter(
    (set) =>
      (absences[setKey(set)] ?? sync.limits.absent_listings) < sync.limits.absent_listings &&
      markOf(set)?.resource === `tradewind/load-balancer/${set.name}`,
  );
  return [...publications.map(({ balancer }) => balancer.name), ...doubted.map(({ name }) => name)];
}

/** What would not change if everybody were as healthy as when the zone was last in step. */
function movedOnly(plan: Plan, unmoved: Plan): ReadonlySet<string> {
  const keysOf = ({ units, respected }: Plan) =>
    [...units, ...respected].flatMap(({ changes }) => changes.map(changeKey));
  const otherwise = new Set(keysOf(unmoved));
  return new Set(keysOf(plan).filter((key) => !otherwise.has(key)));
}

/** What is as wanted counts as written by us, whoever wrote it: a lost answer, and a ledger that lost its memory. */
function believed(
  written: Memory["written"],
  { wanted }: Desired,
  sets: readonly RecordSet[],
): Memory["written"] {
  const there = new Map(sets.map((set) => [setKey(set), set]));
  const now = { ...written };
  const isWanted = new Set(wanted.map(({ set }) => setKey(set)));
  for (const { set } of wanted) {
    const found = there.get(setKey(set));
    if (found !== undefined && isSameSet(found, set)) now[setKey(set)] = setText(found);
  }
  for (const key of Object.keys(now)) if (!isWanted.has(key) && !there.has(key)) delete now[key];
  return now;
}

async function edgeOf(
  { sync, publications }: Intent,
  { abilities }: Provider,
  { edge }: Memory,
  ports: LedgerPorts,
  { nowMs, failbackHoldMs }: { readonly nowMs: Ms; readonly failbackHoldMs: Ms },
): Promise<Memory["edge"]> {
  const isNeeded = publications.some(({ mode }) => mode === "edge_with_fallback");
  const isOurs = !canFailOver(abilities, "CNAME");
  if (sync.edge === undefined || !isNeeded || !isOurs) return edge;
  const url = sync.edge.health_url ?? `https://${sync.edge.name}/.tw/healthz`;
  if (!(await isEdgeUp(url, ports))) return { isUp: false, healthySinceMs: null };
  const healthySinceMs = edge.healthySinceMs ?? nowMs;
  return { isUp: edge.isUp || nowMs - healthySinceMs >= failbackHoldMs, healthySinceMs };
}

function freezes(
  { ports }: LookParts,
  { frozen }: Memory,
  sets: readonly RecordSet[],
  sync?: Intent["sync"],
): readonly Freeze[] {
  const inZone =
    sync !== undefined &&
    sets.some(({ name, type }) => type === "TXT" && name === freezeName(sync.domain));
  return [
    ...(frozen ? (["ledger"] as const) : []),
    ...(ports.isFrozen() ? (["script"] as const) : []),
    ...(inZone ? (["zone"] as const) : []),
  ];
}

function without(
  seen: Pick<Look, "atMs"> & Partial<Pick<Look, "failure" | "blind">>,
  memory: Memory,
  parts: LookParts,
  intent: Intent | null = null,
): Sighting {
  const look: Look = {
    plan: null,
    objections: [],
    held: [],
    failure: null,
    blind: "",
    frozen: freezes(parts, memory, []),
    ...seen,
  };
  return { look, memory, intent, ready: null };
}

const failed = (memory: Memory): Memory => ({ ...memory, failures: memory.failures + 1 });

/** The intent, `null` when there is none, or why it is not known. */
async function intentOf({ ports, account, zone }: LookParts): Promise<Intent | null | string> {
  try {
    const work = (async () => ports.objects.config(account).intent(zone))();
    return await within(ports.timers, INTENT_TIMEOUT_MS, work);
  } catch {
    return "The configuration store did not answer, so what is wanted is not known; nothing is written until it does.";
  }
}

async function providerOf(intent: Intent, { ports, makeProvider }: LookParts) {
  const credentials = await ports.credentials(intent.sync);
  if (!credentials.ok) {
    const failure: Failure = { kind: "unauthorized", detail: credentials.error };
    return { ok: false as const, failure };
  }
  const made = makeProvider(intent, credentials.value, ports);
  return made.ok
    ? { ok: true as const, provider: made.value }
    : { ok: false as const, failure: made.error };
}

async function listed(provider: Provider, { timers }: Pick<LedgerPorts, "timers">) {
  const listing = await withDeadline(timers, POPULATE_TIMEOUT_MS, (signal) =>
    provider.populate(signal),
  );
  if (!listing.ok) return { ok: false as const, failure: listing.error };
  if (listing.value.complete) return { ok: true as const, sets: listing.value.sets };
  const failure: Failure = {
    kind: "unreachable",
    detail:
      "The provider's listing is not complete. A partial listing is no empty one: nothing is planned from it.",
  };
  return { ok: false as const, failure };
}
