import { expect, test } from "vitest";
import { readRecording } from "../../../local/replay/recording-file.ts";
import { shardName } from "../../../routing/replay/record.ts";
import { seededRng } from "../../../routing/rng.ts";
import { seal } from "../../../routing/snapshot.ts";
import { inputOf, recorded } from "../../routing/replay/recordings.ts";
import { pool, shardOf } from "../../routing/steer/world.ts";

const shard = shardOf([pool("a", ["a0"])]);
const sealed = seal(shard);
const { record } = recorded(shard, inputOf(shard), seededRng(1));
const whole = {
  host: "www.example",
  decisions: [record],
  shards: { [shardName(sealed.hash)]: sealed.text },
};

test("an answer of the API is read back", () => {
  const found = readRecording(JSON.stringify(whole));
  expect(found).toMatchObject({ ok: true, value: { host: "www.example", records: [record] } });
  expect(found.ok && found.value.shards.get(shardName(sealed.hash))).toEqual(
    JSON.parse(sealed.text),
  );
});

test.each([
  ["no JSON", "{", "not JSON"],
  ["null", "null", "decisions and shards"],
  ["another answer", JSON.stringify({ events: [] }), "/v1/decisions"],
  [
    "a decision of another release",
    JSON.stringify({ ...whole, decisions: [record, { schema: 9 }] }),
    "decision 1",
  ],
  [
    "a shard that was changed",
    JSON.stringify({ ...whole, shards: { "0123": sealed.text } }),
    "named after",
  ],
])("%s is refused with what is wrong", (_name, text, said) => {
  expect(readRecording(text)).toMatchObject({ ok: false, error: expect.stringContaining(said) });
});
