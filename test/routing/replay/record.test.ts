import { describe, expect, test } from "vitest";
import { readRecord, recordText, shardName } from "../../../routing/replay/record.ts";
import { recordDecision } from "../../../routing/replay/recording.ts";
import { seededRng } from "../../../routing/rng.ts";
import { asker, endpoint, knowing, measured, NOW, pool, shardOf, verdict } from "../steer/world.ts";
import { ABOUT, inputOf, recorded } from "./recordings.ts";

/** Every endpoint has numbers of its own, with all their digits. */
function large(endpoints: number) {
  const rng = seededRng(endpoints);
  const names = Array.from({ length: endpoints }, (_, at) => `a${at}`);
  const shard = shardOf(
    [
      pool(
        "a",
        names.map((name) => endpoint(name)),
      ),
    ],
    {
      steering_policy: "dynamic_latency",
    },
  );
  const know = knowing(
    Object.fromEntries(
      names.map((name) => [
        name,
        {
          ...measured(300 * rng(), 0, Math.floor(60_000 * rng())),
          health: verdict(true, 0, Math.floor(9e6 * rng())),
        },
      ]),
    ),
  );
  return { shard, input: inputOf(shard, { know }) };
}

describe("a record is at most 1 KB", () => {
  test.each([1, 10, 30])("of a pool of %i with every estimate read, whole", (endpoints) => {
    const { shard, input } = large(endpoints);
    const { text, record } = recorded(shard, input, seededRng(1));
    expect(record.reads).not.toBeNull();
    expect(text.length).toBeLessThanOrEqual(1_024);
    // Nothing in it is longer in bytes than in characters.
    expect(new TextEncoder().encode(text)).toHaveLength(text.length);
  });

  test("what was not read is left out first, and then the reads as a whole; the answer stays", () => {
    const [small, medium, huge] = [5, 30, 250].map((endpoints) => {
      const { shard, input } = large(endpoints);
      return recorded(shard, input, seededRng(1));
    });
    expect(small?.record.beside).toBeDefined();
    expect(medium?.record.beside).toBeUndefined();
    expect(medium?.record.reads).not.toBeNull();
    expect(huge?.record.reads).toBeNull();
    expect(huge?.record.answer.tries).toHaveLength(3);
    expect(huge?.text.length).toBeLessThanOrEqual(1_024);
  });
});

test("nobody's address, cookie or header is in it", () => {
  const hash = { origin_steering: { policy: "hash" } } as const;
  const shard = shardOf([pool("a", ["a0", "a1"], hash)]);
  const hold = {
    key: "secret-session",
    isRemembered: false,
    failover: "sticky",
    drainMs: 0,
  } as const;
  const visitor = asker({ clientKey: "203.0.113.77" });
  for (const more of [{}, { hold }]) {
    const recording = recordDecision(inputOf(shard, { asker: visitor, ...more }), NOW, () => 0.5);
    const text = recordText(recording, shard, { ...ABOUT, atMs: NOW, of: {} });
    const { reads, beside } = JSON.parse(text) as { reads: string; beside: string };
    const plain = text + atob(reads.replaceAll("-", "+").replaceAll("_", "/")) + (beside ?? "");
    expect(plain).not.toContain("203.0.113.77");
    expect(plain).not.toContain("secret");
  }
});

test.each([
  ["no object", 7],
  ["another release's", { schema: 9 }],
  ["one without a shard", { schema: 1, at: 1, host: "a", of: {}, answer: {}, reads: null }],
])("%s is refused", (_name, value) => {
  expect(readRecord(value)).toMatchObject({ ok: false });
});

test("a shard is named by the beginning of its hash", () => {
  expect(shardName("0123456789abcdef".repeat(4))).toBe("0123456789abcdef");
});
