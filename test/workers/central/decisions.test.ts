import { describe, expect, test } from "vitest";
import { readRecording } from "../../../local/replay/recording-file.ts";
import { compare } from "../../../routing/replay/comparison.ts";
import { shardName } from "../../../routing/replay/record.ts";
import { seededRng } from "../../../routing/rng.ts";
import { isBalanced, readShard } from "../../../routing/snapshot.ts";
import { decisionsSchema } from "../../../workers/central/api/decisions.ts";
import { inputOf, recorded } from "../../routing/replay/recordings.ts";
import { NOW } from "../../routing/steer/world.ts";
import { compiledOf, planet, putJson } from "./planet.ts";

const HOST = "shop.example";
const DOCUMENT = {
  pools: { eu: { origins: [{ name: "a", address: "a.example.com" }] } },
  load_balancers: { [HOST]: { default_pools: ["eu"], fallback_pool: "eu" } },
};

/** A planet whose host has one shard, and records of decisions by it. */
async function planetWithDecisions() {
  const made = planet();
  await made.ask("/v1/config", putJson(DOCUMENT));
  const sealed = compiledOf(made.world).shards[HOST];
  const read = readShard(sealed?.text ?? "");
  if (sealed === undefined || !read.ok || !isBalanced(read.value)) throw new Error("no shard");
  const shard = read.value;
  const lineAt = (atMs: number) => {
    const { record } = recorded(shard, inputOf(shard), seededRng(1), atMs);
    return JSON.stringify({ ...record, host: HOST, shard: shardName(sealed.hash) });
  };
  made.world.decisions.set(`weur ${HOST}`, [lineAt(NOW + 5), lineAt(NOW)]);
  made.world.decisions.set(`oc ${HOST}`, [lineAt(NOW + 3)]);
  return { ...made, sealed };
}

const QUERY = `/v1/decisions?host=${HOST}`;

describe("recorded decisions of a host", () => {
  test("come from all regions, newest first, as documented, and can be replayed from the answer alone", async () => {
    const { ask, sealed } = await planetWithDecisions();
    const answer = await ask(QUERY);
    const text = await answer.text();
    const told = decisionsSchema["application/json"].schema.parse(JSON.parse(text));
    expect(told.decisions.map(({ at }) => at - NOW)).toEqual([5, 3, 0]);
    expect(told.shards).toEqual({ [shardName(sealed.hash)]: sealed.text });
    const recording = readRecording(text);
    if (!recording.ok) throw new Error(recording.error);
    const { records, shards } = recording.value;
    const found = compare(records, (name) => shards.get(name) ?? null, null);
    expect(found).toMatchObject({ agreed: 3, disagreed: [], records: 3 });
  });

  test("of an older version have no shard, and of a silent region are not there, which is said", async () => {
    const { ask, world } = await planetWithDecisions();
    const [eu] = Object.values(DOCUMENT.pools);
    await ask("/v1/config", putJson({ ...DOCUMENT, pools: { eu: { ...eu, description: "new" } } }));
    world.brokenRegions.add("oc");
    const told = (await (await ask(QUERY)).json()) as { decisions: []; shards: object };
    expect(told).toMatchObject({ shards: {}, unreachable: ["oc"] });
    expect(told.decisions).toHaveLength(2);
  });

  test("of a host that nobody has are none", async () => {
    const { ask } = await planetWithDecisions();
    const told = await (await ask("/v1/decisions?host=*.other.example")).json();
    expect(told).toEqual({ host: "*.other.example", decisions: [], shards: {}, unreachable: [] });
  });
});

test.each(["", "?host=", "?host=Shop.example", "?host=a%20b", "?host=a..b"])(
  "the query %s is refused with what is wrong",
  async (query) => {
    const { ask } = planet();
    const answer = await ask(`/v1/decisions${query}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ errors: [{ pointer: "#host" }] });
  },
);

test("a configuration store that fails is told as such", async () => {
  const { ask, world } = await planetWithDecisions();
  world.beforeConfig = () => Promise.reject(new Error("secret"));
  const answer = await ask(QUERY);
  expect(answer.status).toBe(503);
  expect(await answer.text()).not.toContain("secret");
});
