import { describe, expect, test } from "vitest";
import { MANIFEST_KEYS_MAX, PATTERNS_MAX, SCHEMA } from "../../routing/limits.ts";
import {
  isBalanced,
  isIntact,
  type Manifest,
  readManifest,
  readShard,
  seal,
  toStored,
} from "../../routing/snapshot.ts";
import type { TableVersion } from "../../routing/units.ts";
import { wholeIn } from "../helpers/stored.ts";

const manifest: Manifest = {
  schema: SCHEMA,
  account: "default",
  version: 3 as TableVersion,
  hosts: { "shop.example": "ab" },
};

describe("a sealed text", () => {
  test("reads back as it was sealed", () => {
    const sealed = seal(manifest);
    expect(isIntact(sealed)).toBe(true);
    expect(readManifest(sealed.text)).toEqual({ ok: true, value: manifest });
  });

  test("with one character changed is not intact", () => {
    const sealed = seal(manifest);
    expect(isIntact({ ...sealed, text: sealed.text.replace("shop", "shoq") })).toBe(false);
  });
});

describe("a stored text", () => {
  test("is read back with its hash", () => {
    const sealed = seal(manifest);
    expect(wholeIn(toStored(sealed))).toEqual(sealed);
  });

  test.each([
    ["changed", (text: string) => text.replace("shop", "shoq")],
    ["cut short", (text: string) => text.slice(0, -1)],
    ["without a hash", (text: string) => text.slice(text.indexOf("\n") + 1)],
    ["empty", () => ""],
  ])("is nothing when it was %s", (_name, damage) => {
    expect(wholeIn(damage(toStored(seal(manifest))))).toBeNull();
  });
});

describe("a reader", () => {
  test("takes this schema and the one before, and refuses any other", () => {
    const read = (schema: unknown) => readManifest(JSON.stringify({ ...manifest, schema }));
    expect(read(SCHEMA).ok).toBe(true);
    expect(read(SCHEMA - 1).ok).toBe(true);
    for (const schema of [SCHEMA + 1, SCHEMA - 2, "1", null]) {
      expect(read(schema)).toMatchObject({ ok: false, error: { reason: "schema", found: schema } });
    }
  });

  test.each([
    ["not json", "{"],
    ["null", "null"],
    ["a number", "3"],
  ])("refuses %s", (_name, text) => {
    expect(readManifest(text)).toMatchObject({ ok: false, error: { reason: "not-json" } });
  });

  test.each([
    ["account", { account: 3 }],
    ["version", { version: "3" }],
    ["hosts", { hosts: null }],
    ["explain_keys", { explain_keys: "A".repeat(43) }],
    ["explain_keys", { explain_keys: ["short"] }],
    ["explain_keys", { explain_keys: Array.from({ length: 4 }, () => "A".repeat(43)) }],
  ])("refuses a manifest without a usable %s", (field, change) => {
    expect(readManifest(JSON.stringify({ ...manifest, ...change }))).toEqual({
      ok: false,
      error: { reason: "shape", field },
    });
  });

  test("refuses a manifest with more hosts and blocks than an account may have", () => {
    const hosts = (count: number) =>
      Object.fromEntries(Array.from({ length: count }, (_, n) => [`h${n}.example`, "a"]));
    const read = (count: number) =>
      readManifest(JSON.stringify({ ...manifest, hosts: hosts(count) })).ok;
    expect(read(MANIFEST_KEYS_MAX)).toBe(true);
    expect(read(MANIFEST_KEYS_MAX + 1)).toBe(false);
  });

  const TOO_MANY_PROGRAMS = Object.fromEntries(
    Array.from({ length: PATTERNS_MAX + 1 }, (_, n) => [`${n}`, "1"]),
  );

  test("takes a shard with programs, and the one of an older writer without", () => {
    const programs = { ...shard, patterns: { a: "whatever: it is read when it is used" } };
    expect(readShard(JSON.stringify(programs))).toEqual({ ok: true, value: programs });
    expect(readShard(JSON.stringify(shard))).toEqual({ ok: true, value: shard });
  });

  const shard = {
    ...{ schema: SCHEMA, account: "a", host: "h", load_balancer: { rules: [] } },
    ...{ load_balancers: [], pools: [{}], blocks: 0 },
  };

  test.each([
    ["host", { host: null }],
    ["load_balancer", { load_balancer: 3 }],
    ["load_balancer", { load_balancer: undefined }],
    ["load_balancer", { load_balancer: {} }],
    ["load_balancer", { load_balancer: { rules: null } }],
    ["load_balancer", { load_balancer: { rules: [{ condition: 1 }] } }],
    ["load_balancer", { load_balancer: { rules: [], session_affinity: 1 } }],
    ["load_balancer", { load_balancer: { rules: [], session_affinity_attributes: {} } }],
    ["load_balancers", { load_balancers: {} }],
    ["load_balancers", { load_balancers: [{ rules: [null] }] }],
    ["pools", { pools: [] }],
    ["pools", { load_balancer: null, pools: null }],
    ["blocks", { blocks: -1 }],
    ["blocks", { blocks: 0.5 }],
    ["blocks", { blocks: 10_001 }],
    ["blocks", { blocks: undefined }],
    ["patterns", { patterns: null }],
    ["patterns", { patterns: ["1"] }],
    ["patterns", { patterns: { a: 1 } }],
    ["patterns", { patterns: TOO_MANY_PROGRAMS }],
  ])("refuses a shard without a usable %s", (field, change) => {
    expect(readShard(JSON.stringify(shard)).ok).toBe(true);
    expect(readShard(JSON.stringify({ ...shard, ...change }))).toEqual({
      ok: false,
      error: { reason: "shape", field },
    });
  });
  test("takes a shard whose host has routes alone, which steering cannot decide from", () => {
    const bare = { ...shard, load_balancer: null, pools: [], blocks: 1 };
    const read = readShard(JSON.stringify(bare));
    expect(read).toEqual({ ok: true, value: bare });
    expect(read.ok && isBalanced(read.value)).toBe(false);
    const whole = readShard(JSON.stringify(shard));
    expect(whole.ok && isBalanced(whole.value)).toBe(true);
  });
});
