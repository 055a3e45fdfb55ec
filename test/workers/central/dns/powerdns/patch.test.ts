import { describe, expect, test } from "vitest";
import type { Change } from "../../../../../routing/dns/change.ts";
import type { Policy, RecordSet } from "../../../../../routing/dns/record.ts";
import { fenceOf } from "../../../../../routing/dns/stamp.ts";
import { patchOf } from "../../../../../workers/central/dns/powerdns/patch.ts";
import { type LuaSet, luaOf } from "../../../../../workers/central/dns/powerdns/policy.ts";
import { type ApiRrset, setsOf } from "../../../../../workers/central/dns/powerdns/zone.ts";
import { POLICIES } from "../contract.ts";

const zone = "shop.test";
const fence = fenceOf(zone, undefined, { owner: "o", version: 1, sequence: 1 });
const six: Policy = {
  kind: "weighted",
  members: [{ id: "six", values: ["2001:db8::1"], weight: 1 }],
};
const a: RecordSet = {
  name: `x.${zone}`,
  type: "A",
  ttl: 60,
  values: [],
  policy: POLICIES.weighted,
};
const aaaa: RecordSet = { ...a, type: "AAAA", ttl: 300, policy: six };
const plain: RecordSet = { name: a.name, type: "A", ttl: 60, values: ["192.0.2.1"] };

const contentOf = ({ type, ttl, policy }: RecordSet): string => {
  const made = luaOf({ type, ttl, policy: policy as LuaSet["policy"] });
  if (!made.ok) throw new Error(made.error);
  return made.value;
};
const active = (content: string) => ({ content, disabled: false });
const lua = (ttl: number, ...contents: readonly string[]): ApiRrset => ({
  name: `${a.name}.`,
  type: "LUA",
  ttl,
  records: contents.map(active),
});
const foreign = "MX \"'10 mail.test.'\"";
const create = (after: RecordSet): Change => ({ kind: "create", after });

const patched = (changes: readonly Change[], ...rrsets: readonly ApiRrset[]) => {
  const made = patchOf({ fence, changes }, rrsets);
  return made.ok
    ? made.value
        .filter(({ name }) => !name.startsWith("_tradewind"))
        .map(({ type, changetype, ttl, records }) => [
          `${changetype} ${type}`,
          ttl,
          records?.map(({ content }) => content),
        ])
    : made.error;
};

describe("a PATCH", () => {
  test("has one LUA RRset for A and AAAA of a name, with the shorter TTL", () => {
    expect(patched([create(a), create(aaaa)])).toEqual([
      ["REPLACE LUA", 60, [contentOf(a), contentOf(aaaa)]],
    ]);
    const both = lua(60, contentOf(a), contentOf(aaaa));
    expect([...setsOf([both]).values()]).toEqual([a, aaaa]);
    expect(patched([{ kind: "delete", before: a }], both)).toEqual([
      ["REPLACE LUA", 300, [contentOf(aaaa)]],
    ]);
    expect(patched([{ kind: "delete", before: a }], lua(60, contentOf(a)))).toEqual([
      ["DELETE LUA", undefined, undefined],
    ]);
  });

  test("keeps LUA records of others and their TTL, disabled ones too", () => {
    const there = lua(60, foreign);
    const disabled = { content: contentOf(aaaa), disabled: true };
    const rrset = { ...there, records: [...there.records, disabled] };
    expect(patched([create(a)], rrset)).toEqual([
      ["REPLACE LUA", 60, [foreign, disabled.content, contentOf(a)]],
    ]);
    const made = patchOf({ fence, changes: [create(a)] }, [rrset]);
    expect(made.ok && made.value.find(({ type }) => type === "LUA")?.records).toContainEqual(
      disabled,
    );
    expect(patched([create(a)], lua(3_600, foreign))).toMatchObject({ kind: "rejected" });
  });

  test("removes before it makes, so that a policy takes the place of plain records", () => {
    expect(
      patched([{ kind: "update", before: plain, after: a }], {
        name: `${a.name}.`,
        type: "A",
        ttl: 60,
        records: [active("192.0.2.1")],
      }),
    ).toEqual(
      [
        ["REPLACE LUA", 60, [contentOf(a)]],
        ["DELETE A", undefined, undefined],
      ].sort(),
    );
    expect(patched([{ kind: "update", before: a, after: plain }], lua(60, contentOf(a)))).toEqual([
      ["DELETE LUA", undefined, undefined],
      ["REPLACE A", 60, ["192.0.2.1"]],
    ]);
  });

  test.each<readonly [string, readonly Change[], readonly ApiRrset[]]>([
    [
      "a policy that changed",
      [{ kind: "delete", before: a }],
      [lua(60, contentOf({ ...a, policy: six }))],
    ],
    ["a policy that went", [{ kind: "update", before: a, after: plain }], []],
    [
      "a policy where plain records came",
      [create(a)],
      [{ ...lua(60), type: "A", records: [active("192.0.2.9")] }],
    ],
    ["a policy where somebody's LUA record came", [create(a)], [lua(60, "A \"'192.0.2.9'\"")]],
    [
      "a plain set that changed, in a batch with a policy",
      [create(aaaa), { kind: "delete", before: plain }],
      [{ ...lua(60), type: "A", records: [active("192.0.2.9")] }],
    ],
  ])("%s is fenced", (_title, changes, rrsets) => {
    expect(patched(changes, ...rrsets)).toMatchObject({ kind: "fenced" });
  });
});

describe("what a zone says", () => {
  const sets = (...rrsets: readonly ApiRrset[]) => [...setsOf(rrsets).values()];

  test("a TTL that somebody gave to LUA records is the TTL of each", () => {
    expect(sets(lua(30, contentOf(a), contentOf(aaaa)))).toEqual([
      { ...a, ttl: 30 },
      { ...aaaa, ttl: 30 },
    ]);
  });

  test("a copy of a LUA record, and plain records beside it, make it opaque", () => {
    const beside = { ...lua(60), type: "A", records: [active("192.0.2.9")] };
    for (const rrsets of [[lua(60, contentOf(a), contentOf(a))], [lua(60, contentOf(a)), beside]]) {
      expect(sets(...rrsets)).toMatchObject([
        { name: a.name, type: "A", values: [], policy: { kind: "opaque" } },
      ]);
    }
  });

  test("opaque text differs when anything of it does", () => {
    const texts = [
      lua(60, "A \"'192.0.2.1'\""),
      lua(60, "A \"'192.0.2.2'\""),
      { ...lua(60), type: "A", records: [{ content: "192.0.2.1", disabled: true }] },
      {
        ...lua(60),
        type: "A",
        records: [active("192.0.2.1"), { content: "192.0.2.2", disabled: true }],
      },
    ].map((rrset) => JSON.stringify(sets(rrset)));
    expect(new Set(texts).size).toBe(texts.length);
  });

  test("one disabled record among others makes the set opaque", () => {
    const records = [active("192.0.2.1"), { content: "192.0.2.2", disabled: true }];
    expect(sets({ ...lua(60), type: "A", records })).toMatchObject([
      { values: [], policy: { kind: "opaque" } },
    ]);
  });

  test("an SOA and what has no record are no sets", () => {
    expect(sets({ ...lua(60), type: "SOA", records: [active("a. b. 1 2 3 4 5")] }, lua(0))).toEqual(
      [],
    );
  });
});
