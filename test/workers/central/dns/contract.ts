/**
 * What every provider must do, asked of each in front of its own server. What a provider cannot do it has declared, and the suite then
 * leaves that out by the declaration.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { canSay } from "../../../../routing/dns/abilities.ts";
import type { Batch, Change } from "../../../../routing/dns/change.ts";
import {
  type Member,
  POLICY_KINDS,
  type Policy,
  RECORD_TYPES,
  type RecordSet,
  type RecordType,
  setKey,
  setText,
} from "../../../../routing/dns/record.ts";
import { fenceOf, stampName } from "../../../../routing/dns/stamp.ts";
import { txtOf, txtOfBytes } from "../../../../routing/dns/txt.ts";
import type { FailureKind, Provider } from "../../../../workers/central/dns/provider.ts";
import { ANSWER_TYPES } from "./answer-types.ts";

type AnswerType = (typeof ANSWER_TYPES)[number];

export const OWNER = "contract";

export interface Subject {
  readonly zone: string;
  readonly provider: Provider;
  /** What the server answers to a real question, canonical and sorted; absent where no server answers any. */
  readonly ask?: (name: string, type: string) => Promise<readonly string[]>;
  /** A set that somebody else made, written past the provider. */
  readonly foreign: (set: RecordSet) => Promise<void>;
  /** The next call meets this; absent where it cannot be brought about. */
  readonly meet: Partial<Record<FailureKind, () => Promise<Provider>>>;
  readonly stop: () => Promise<void>;
}

const never = new AbortController().signal;

/** One of each type, as an operator would write it; `Z` is the zone. */
export const SAMPLES: Readonly<Record<RecordType, readonly Omit<RecordSet, "type">[]>> = {
  A: [{ name: "a.Z", ttl: 60, values: ["192.0.2.1", "192.0.2.2"] }],
  AAAA: [{ name: "a.Z", ttl: 60, values: ["2001:db8::1"] }],
  CNAME: [{ name: "c.Z", ttl: 300, values: ["target.example.net"] }],
  TXT: [
    { name: "t.Z", ttl: 300, values: [txtOf("v=spf1 -all")] },
    { name: "quotes.Z", ttl: 300, values: [txtOf('say "hi"; a\\b, c')] },
    { name: "long.Z", ttl: 300, values: [txtOf("x".repeat(600))] },
  ],
  MX: [{ name: "m.Z", ttl: 300, values: ["10 mail.example.net", "20 mail2.example.net"] }],
  SRV: [{ name: "_sip._tcp.Z", ttl: 300, values: ["10 5 5060 sip.example.net"] }],
  CAA: [{ name: "caa.Z", ttl: 300, values: ['0 issue "ca.example.net"'] }],
  HTTPS: [{ name: "h.Z", ttl: 300, values: ['1 . alpn="h2,h3"'] }],
  SVCB: [{ name: "_s.Z", ttl: 300, values: ['1 svc.example.net alpn="h2" port="8443"'] }],
};

const check = {
  protocol: "https",
  target: "edge.example.net",
  port: 443,
  path: "/.tw/healthz",
  interval: 30,
  failures: 3,
} as const;

export const POLICIES: Readonly<Record<Exclude<Policy["kind"], "opaque">, Policy>> = {
  failover: {
    kind: "failover",
    primary: { id: "edge", values: ["192.0.2.10"], check },
    secondary: { id: "direct", values: ["192.0.2.20", "192.0.2.21"] },
  },
  weighted: {
    kind: "weighted",
    members: [
      { id: "a", values: ["192.0.2.30"], weight: 200 },
      { id: "b", values: ["192.0.2.31"], weight: 55 },
    ],
  },
  latency: {
    kind: "latency",
    members: [
      { id: "eu", values: ["192.0.2.40"], place: "eu-west-1" },
      { id: "us", values: ["192.0.2.41"], place: "us-east-1" },
    ],
  },
  geo: {
    kind: "geo",
    members: [
      { id: "world", values: ["192.0.2.50"], place: "*" },
      { id: "eu", values: ["192.0.2.51"], place: "continent/EU" },
      { id: "de", values: ["192.0.2.52"], place: "country/DE" },
    ],
  },
};

/** The same policy of another type: of names a member has one. */
function policyOf(policy: Policy, type: AnswerType): Policy {
  if (type === "A" || policy.kind === "opaque") return policy;
  const said = (member: Member): Member => ({
    ...member,
    values:
      type === "CNAME"
        ? [`${member.id}.example.net`]
        : member.values.map((value) => `2001:db8::${value.replace(/^.*\./, "")}`),
  });
  if (policy.kind !== "failover") {
    const members = policy.members.map((member) => ({ ...member, values: said(member).values }));
    return { ...policy, members } as Policy;
  }
  return { ...policy, primary: said(policy.primary), secondary: said(policy.secondary) };
}

/** Writes changes with the next stamp, as the ledger does. */
export async function writeNext(
  { provider, zone }: Pick<Subject, "provider" | "zone">,
  changes: readonly Change[],
): Promise<Awaited<ReturnType<Provider["write"]>>> {
  const listing = await provider.populate(never);
  if (!listing.ok) return listing;
  const stamp = listing.value.sets.find(({ name }) => name === stampName(zone, OWNER));
  const sequence = Number(/sequence=(\d+)/.exec(stamp?.values[0] ?? "")?.[1] ?? 0) + 1;
  const fence = fenceOf(zone, stamp, { owner: OWNER, version: 1, sequence });
  return provider.write({ fence, changes }, never);
}

/** The listing by set, without the stamp and the zone's own NS. */
export async function listed(subject: Pick<Subject, "provider" | "zone">) {
  const listing = await subject.provider.populate(never);
  if (!listing.ok) throw new Error(`${listing.error.kind}: ${listing.error.detail}`);
  const own = listing.value.sets.filter(
    ({ name, type }) =>
      name !== stampName(subject.zone, OWNER) && !(name === subject.zone && type === "NS"),
  );
  return { complete: listing.value.complete, sets: new Map(own.map((set) => [setKey(set), set])) };
}

const creates = (sets: readonly RecordSet[]): readonly Change[] =>
  sets.map((after) => ({ kind: "create", after }));

/** `start` gives an empty zone of its own at each call. */
export function providerContract(name: string, start: () => Promise<Subject>): void {
  describe(`${name} keeps the contract of providers`, () => {
    let subject: Subject;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(async () => {
      await subject?.stop();
    });

    const samples = (type: RecordType): readonly RecordSet[] =>
      SAMPLES[type].map((set) => ({ ...set, type, name: set.name.replace(/Z$/, subject.zone) }));

    test("an empty zone is listed as complete and empty", async () => {
      const { complete, sets } = await listed(subject);
      expect({ complete, sets: [...sets.keys()] }).toEqual({ complete: true, sets: [] });
    });

    test.each(RECORD_TYPES)("%s: what is written is what is listed and answered", async (type) => {
      if (!subject.provider.abilities.types.includes(type)) return;
      const wanted = samples(type);
      expect(await writeNext(subject, creates(wanted))).toEqual({ ok: true, value: null });
      const { sets } = await listed(subject);
      for (const set of wanted) {
        const found = sets.get(setKey(set));
        expect(found && setText(found)).toBe(setText(set));
        if (subject.ask !== undefined) {
          expect(await subject.ask(set.name, type)).toEqual([...set.values].sort());
        }
      }
      const replaced = wanted.map((before): Change => {
        const after = { ...before, ttl: 120 };
        return { kind: "update", before, after };
      });
      expect(await writeNext(subject, replaced)).toEqual({ ok: true, value: null });
      const again = await listed(subject);
      expect(wanted.map((set) => again.sets.get(setKey(set))?.ttl)).toEqual(wanted.map(() => 120));
      const gone = wanted.map((set): Change => ({ kind: "delete", before: { ...set, ttl: 120 } }));
      expect(await writeNext(subject, gone)).toEqual({ ok: true, value: null });
      const { sets: left } = await listed(subject);
      expect(wanted.filter((set) => left.has(setKey(set)))).toEqual([]);
    });

    const answers = POLICY_KINDS.flatMap((kind) =>
      ANSWER_TYPES.map((type) => [kind, type] as const),
    );
    test.each(answers)("policy %s of %s: what is written is what is listed", async (kind, type) => {
      const { abilities } = subject.provider;
      if (!canSay(abilities, kind, type)) return;
      const name = `${kind}.${subject.zone}`;
      expect(kind !== "failover" || abilities.checks).toBe(true);
      const policy = policyOf(POLICIES[kind], type);
      const set: RecordSet = { name, type, ttl: 60, values: [], policy };
      expect(await writeNext(subject, creates([set]))).toEqual({ ok: true, value: null });
      const found = (await listed(subject)).sets.get(setKey(set));
      expect(found && setText(found)).toBe(setText(set));
      expect(await writeNext(subject, [{ kind: "delete", before: set }])).toEqual({
        ok: true,
        value: null,
      });
      expect((await listed(subject)).sets.has(setKey(set))).toBe(false);
    });

    test("every byte of a TXT comes back", async () => {
      const isPlain = (byte: number) => byte >= 0x20 && byte <= 0x7e;
      const bytes = Uint8Array.from({ length: 256 }, (_, at) => at).filter(
        (byte) => isPlain(byte) || !subject.provider.abilities.asciiTxt,
      );
      const set: RecordSet = {
        name: `bytes.${subject.zone}`,
        type: "TXT",
        ttl: 60,
        values: [txtOfBytes(bytes)],
      };
      expect(await writeNext(subject, creates([set]))).toEqual({ ok: true, value: null });
      expect((await listed(subject)).sets.get(setKey(set))?.values).toEqual(set.values);
      await writeNext(subject, [{ kind: "delete", before: set }]);
    });

    test("a foreign set is listed and stays as it is beside ours", async () => {
      const foreign: RecordSet = {
        name: `foreign.${subject.zone}`,
        type: "A",
        ttl: 300,
        values: ["198.51.100.7"],
      };
      await subject.foreign(foreign);
      const ours: RecordSet = { ...foreign, name: `ours.${subject.zone}` };
      await writeNext(subject, creates([ours]));
      await writeNext(subject, [{ kind: "delete", before: ours }]);
      const { sets } = await listed(subject);
      expect(sets.get(setKey(foreign))).toEqual(foreign);
    });

    test("a batch with an old stamp is refused whole where the provider compares", async () => {
      if (subject.provider.abilities.fence !== "provider") return;
      const first: RecordSet = {
        name: `fence.${subject.zone}`,
        type: "A",
        ttl: 60,
        values: ["192.0.2.77"],
      };
      const before = (await subject.provider.populate(never)) as {
        value: { sets: readonly RecordSet[] };
      };
      const stamp = before.value.sets.find(({ name: n }) => n === stampName(subject.zone, OWNER));
      expect(await writeNext(subject, [])).toEqual({ ok: true, value: null });
      const stale: Batch = {
        fence: fenceOf(subject.zone, stamp, { owner: OWNER, version: 1, sequence: 999 }),
        changes: creates([first]),
      };
      const refused = await subject.provider.write(stale, never);
      expect(refused.ok ? "written" : refused.error.kind).toBe("fenced");
      expect((await listed(subject)).sets.has(setKey(first))).toBe(false);
    });

    const kinds: readonly FailureKind[] = [
      "throttled",
      "unauthorized",
      "no-zone",
      "unreachable",
      "unknown",
    ];
    test.each(kinds)("a failure is told as %s, in listing and in writing", async (kind) => {
      const meet = subject.meet[kind];
      if (meet === undefined) return;
      const change: Change = {
        kind: "create",
        after: { name: `f.${subject.zone}`, type: "A", ttl: 60, values: ["192.0.2.9"] },
      };
      const fence = fenceOf(subject.zone, undefined, { owner: OWNER, version: 1, sequence: 1 });
      const written = await (await meet()).write({ fence, changes: [change] }, never);
      expect(written.ok ? "written" : written.error.kind).toBe(kind);
      if (kind === "unknown") return;
      const populated = await (await meet()).populate(never);
      expect(populated.ok ? "listed" : populated.error.kind).toBe(kind);
    });
  });
}
