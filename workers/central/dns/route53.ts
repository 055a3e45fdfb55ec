/**
 * Amazon Route 53.
 *
 * A batch is one ChangeResourceRecordSets, which is atomic. An update is a DELETE of exactly what was there and a CREATE, never an UPSERT:
 * the DELETE is the comparison, made by Route 53 when it writes, and the stamp's is in every batch.
 */
import {
  ChangeResourceRecordSetsCommand,
  GetChangeCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
  type Change as WireChange,
} from "@aws-sdk/client-route-53";
import type { Abilities } from "../../../routing/dns/abilities.ts";
import { type Batch, type Change, subjectOf } from "../../../routing/dns/change.ts";
import {
  checksOf,
  RECORD_TYPES,
  type RecordSet,
  setKey,
  setText,
} from "../../../routing/dns/record.ts";
import { readStamp } from "../../../routing/dns/stamp.ts";
import { ok, type Result, refuse } from "../../../routing/result.ts";
import type { Failure, Listing, Provider, ProviderPorts } from "./provider.ts";
import { openChecks } from "./route53/check-keeper.ts";
import { failureOf, told, type Where } from "./route53/failures.ts";
import { BESIDES, TTL } from "./route53/refusals.ts";
import { openSession, type Route53Input } from "./route53/session.ts";
import { type ReadSet, readSets, weightOf, wireOf } from "./route53/sets.ts";
import { nameFromWire } from "./route53/wire.ts";
import { whyNotSent } from "./wellformed.ts";

/** Vendor: "A request can't contain more than 1,000 ResourceRecord elements." */
const VALUES_MAX = 1_000;
/** Vendor: "The sum of the number of characters (including spaces) in all Value elements in a request can't exceed 32,000 characters." */
const CHARACTERS_MAX = 32_000;
/** The stamp's DELETE and CREATE. */
const STAMP_VALUES = 2;
/** The stamp's text has at most 120 characters, so both of it have less than this. */
const STAMP_CHARACTERS = 256;

export const ROUTE53_ABILITIES: Abilities = {
  types: RECORD_TYPES,
  policies: ["failover", "weighted", "latency", "geo"],
  checks: true,
  checksByOwnName: true,
  atomic: "batch",
  fence: "provider",
  apexCname: false,
  ttl: TTL,
  batch: {
    changesMax: VALUES_MAX - STAMP_VALUES,
    valuesMax: VALUES_MAX - STAMP_VALUES,
    // On the wire a value is at most twice as long (quotes in a TXT) and three characters more (its own quotes, a last dot).
    charactersMax: Math.floor((CHARACTERS_MAX - STAMP_CHARACTERS - 3 * VALUES_MAX) / 2),
    // Vendor: "When the value of the Action element is UPSERT, each ResourceRecord element is counted twice." A DELETE and a CREATE are two.
    updateCountsTwice: true,
  },
  /** Vendor, quotas: "Records in a record set: 400". */
  valuesMax: 400,
};

/** Vendor, maxitems: "The response to a ListResourceRecordSets request includes up to 300 resource record sets." */
const PAGE = 300;
/** Vendor: "Changes generally propagate to all Route 53 name servers within 60 seconds." */
const POLL_APART_MS = 2_000;

export function route53Provider(input: Route53Input, ports: ProviderPorts): Provider {
  const { zone } = input;
  const zoneId = input.settings.hosted_zone_id;
  const session = openSession(input, ports);
  const checks = openChecks(input, session);
  /** As listed last and written since, by `setKey`: a set is deleted as it was read, whoever wrote it and however. */
  let known: Map<string, ReadSet> | null = null;

  const where = (doing: string, isSent = false): Where => ({
    zone,
    zoneId,
    doing,
    isSent,
    secrets: session.secrets,
  });

  async function listWire(signal: AbortSignal): Promise<readonly ResourceRecordSet[]> {
    const all: ResourceRecordSet[] = [];
    let start = {};
    for (;;) {
      const command = new ListResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        MaxItems: PAGE,
        ...start,
      });
      const page = await session.page(signal, (client, options) => client.send(command, options));
      all.push(...(page.ResourceRecordSets ?? []));
      if (page.IsTruncated !== true) return all;
      const next = {
        StartRecordName: page.NextRecordName,
        StartRecordType: page.NextRecordType,
        StartRecordIdentifier: page.NextRecordIdentifier,
      };
      if (page.NextRecordName === undefined || JSON.stringify(next) === JSON.stringify(start)) {
        throw new Error("a page says that there are more and not where they begin");
      }
      start = next;
    }
  }

  async function populate(signal: AbortSignal): Promise<Result<Listing, Failure>> {
    const at = where("listing its records");
    try {
      const wire = await listWire(signal);
      const soa = wire.find(({ Type }) => Type === "SOA")?.Name;
      // Every zone has one, at its own name.
      if (soa === undefined) throw new Error("the listing has no SOA record, so it is not whole");
      if (nameFromWire(soa) !== zone) {
        const why = `the hosted zone is that of ${nameFromWire(soa)}`;
        return refuse(told("no-zone", why, at));
      }
      const isChecked = wire.some(({ HealthCheckId }) => HealthCheckId !== undefined);
      const read = readSets(wire, isChecked ? await checks.list(signal) : new Map());
      known = new Map(read.map((each) => [setKey(each.set), each]));
      return ok({ sets: read.map(({ set }) => set), complete: true });
    } catch (error) {
      return refuse(failureOf(error, at));
    }
  }

  async function write(batch: Batch, signal: AbortSignal): Promise<Result<null, Failure>> {
    const changes = [batch.fence, ...batch.changes];
    const why = whyNotSent(changes, zone, ROUTE53_ABILITIES, BESIDES);
    if (why !== null) return refuse(told("rejected", why, where("writing")));
    const sequence = readStamp(subjectOf(batch.fence))?.sequence ?? 0;
    let wire: readonly WireChange[];
    let doing = "preparing a batch";
    try {
      await session.ready(signal);
      const replaced = changes.flatMap((each) => (each.kind === "create" ? [] : [each.before]));
      const wanted = changes.flatMap((each) => (each.kind === "delete" ? [] : [each.after]));
      const stored = replaced.filter((set) => !isKnown(set));
      if ([...stored, ...wanted].some((set) => checksOf(set).length > 0)) await checks.list(signal);
      const missing = stored.flatMap(checksOf).find((check) => checks.idOf(check) === undefined);
      if (missing !== undefined) {
        const which = `no health check of ours asks ${missing.target}`;
        return refuse(told("fenced", which, where("writing")));
      }
      for (const set of wanted) {
        doing = `making the health check of ${setKey(set)}`;
        for (const check of checksOf(set)) await checks.make(check, sequence, signal);
      }
      // Deletes first, so that a name is free before it is taken; the stamp's is the first of them.
      wire = [
        ...changesOf("DELETE", replaced.flatMap(toWire)),
        ...changesOf("CREATE", wanted.flatMap(toWire)),
      ];
    } catch (error) {
      return refuse(failureOf(error, where(doing)));
    }
    const { values, characters } = weightOf(wire);
    if (values > VALUES_MAX || characters > CHARACTERS_MAX) {
      const much = `the batch has ${values} values of ${characters} characters, and Route 53 takes ${VALUES_MAX} of ${CHARACTERS_MAX} at once`;
      return refuse(told("rejected", much, where("writing")));
    }
    const before = session.calls;
    let id: string | undefined;
    let isSettled: boolean;
    try {
      const command = new ChangeResourceRecordSetsCommand({
        HostedZoneId: zoneId,
        ChangeBatch: { Changes: [...wire] },
      });
      const { ChangeInfo } = await session.run(signal, (client, options) =>
        client.send(command, options),
      );
      id = ChangeInfo?.Id;
      isSettled = ChangeInfo?.Status === "INSYNC";
    } catch (error) {
      return refuse(failureOf(error, where("writing", session.calls > before)));
    }
    const settled = isSettled ? ok(null) : await settle(id, signal);
    if (settled.ok) {
      remember(changes);
      await tidy(changes, signal);
    }
    return settled;
  }

  const isKnown = (set: RecordSet): boolean => {
    const found = known?.get(setKey(set));
    return found !== undefined && setText(found.set) === setText(set);
  };

  const toWire = (set: RecordSet): readonly ResourceRecordSet[] =>
    isKnown(set)
      ? (known?.get(setKey(set))?.wire ?? [])
      : wireOf(set, (check) => checks.idOf(check) ?? "");

  /** PENDING until all of the vendor's servers have it. */
  async function settle(
    id: string | undefined,
    signal: AbortSignal,
  ): Promise<Result<null, Failure>> {
    for (;;) {
      try {
        await ports.timers.wait(POLL_APART_MS, signal);
        const command = new GetChangeCommand({ Id: id });
        const { ChangeInfo } = await session.run(signal, (client, options) =>
          client.send(command, options),
        );
        if (ChangeInfo?.Status === "INSYNC") return ok(null);
      } catch (error) {
        const at = where("waiting until it is on all name servers", true);
        const failure = failureOf(error, at);
        // It is written; only whether it has arrived everywhere is not known.
        if (failure.kind === "throttled" && !signal.aborted) continue;
        return refuse({ ...failure, kind: "unknown" });
      }
    }
  }

  function remember(changes: readonly Change[]): void {
    for (const change of changes) {
      const set = subjectOf(change);
      if (change.kind === "delete") known?.delete(setKey(set));
      else known?.set(setKey(set), { set, wire: wireOf(set, (check) => checks.idOf(check) ?? "") });
    }
  }

  /** Removes what no set of the zone uses any more. Only who has seen the whole zone can say. */
  async function tidy(changes: readonly Change[], signal: AbortSignal): Promise<void> {
    const touched = changes.flatMap((each) => [
      ...(each.kind === "create" ? [] : [each.before]),
      ...(each.kind === "delete" ? [] : [each.after]),
    ]);
    if (known === null || !touched.some((set) => checksOf(set).length > 0)) return;
    const used = [...known.values()].flatMap(({ wire }) => wire.map((each) => each.HealthCheckId));
    await checks.keepOnly(new Set(used), signal);
  }

  return {
    abilities: ROUTE53_ABILITIES,
    populate,
    write,
    get calls() {
      return session.calls;
    },
  };
}

const changesOf = (
  action: "CREATE" | "DELETE",
  sets: readonly ResourceRecordSet[],
): readonly WireChange[] =>
  sets.map((ResourceRecordSet) => ({ Action: action, ResourceRecordSet }));
