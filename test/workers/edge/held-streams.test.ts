import { expect, test } from "vitest";
import { HELD_STREAMS_MAX, STREAM_LOOK_MS } from "../../../routing/limits.ts";
import type { OpenStream } from "../../../routing/steer/stream-drain.ts";
import { HeldStreams } from "../../../workers/edge/held-streams.ts";
import { endpointId, NOW, poolId } from "../../routing/steer/world.ts";

const stream = (): OpenStream => ({
  ...{ balancer: "b", pool: poolId("p"), endpoint: endpointId("e") },
  ...{ keptMs: 0, part: 1, windowMs: 1_000 },
});

function full(): { readonly held: HeldStreams; readonly streams: readonly OpenStream[] } {
  const held = new HeldStreams();
  const streams = Array.from({ length: HELD_STREAMS_MAX }, stream);
  for (const one of streams) held.looked(one, NOW);
  return { held, streams };
}

test("there is room for so many and no more", () => {
  const { held } = full();
  expect(held.hasRoom(NOW + STREAM_LOOK_MS)).toBe(false);
});

test("one that is over makes room, and looking again takes none", () => {
  const { held, streams } = full();
  for (const one of streams) held.looked(one, NOW + 1);
  expect(held.hasRoom(NOW + 1)).toBe(false);
  if (streams[0] !== undefined) held.over(streams[0]);
  expect(held.hasRoom(NOW + 1)).toBe(true);
});

test("one whose request the platform has dropped takes up its room for a few looks only", () => {
  const { held, streams } = full();
  const later = NOW + 4 * STREAM_LOOK_MS;
  for (const one of streams.slice(1)) held.looked(one, later);
  expect([held.hasRoom(later), held.hasRoom(later + 1)]).toEqual([false, true]);
});

test("a report tells how many are open by endpoint, without those that are gone", () => {
  const held = new HeldStreams();
  expect(held.told(NOW)).toEqual({});
  for (const one of [stream(), stream()]) held.looked(one, NOW);
  held.looked(stream(), NOW + STREAM_LOOK_MS);
  expect(held.told(NOW)).toEqual({ streams: { e: 3 } });
  expect(held.told(NOW + 4 * STREAM_LOOK_MS + 1)).toEqual({ streams: { e: 1 } });
});
