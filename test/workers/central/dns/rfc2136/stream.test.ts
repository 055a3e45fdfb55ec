import fc from "fast-check";
import { expect, test } from "vitest";
import { MessageStream } from "../../../../../workers/central/dns/rfc2136/stream.ts";
import type { Connection } from "../../../../../workers/ports.ts";

function connectionOf(pieces: readonly Uint8Array[], sent: Uint8Array[] = []): Connection {
  return {
    readable: new ReadableStream({
      start(controller) {
        for (const piece of pieces) controller.enqueue(piece);
        controller.close();
      },
    }),
    writable: new WritableStream({
      write(chunk) {
        sent.push(chunk);
      },
    }),
    close: () => Promise.reject(new Error("closed already")),
  };
}

test("messages are whole however the bytes come", async () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 });
  const cuts = fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(messages, cuts, async (all, sizes) => {
      const bytes = Uint8Array.from(
        all.flatMap((message) => [message.length >> 8, message.length & 255, ...message]),
      );
      const pieces: Uint8Array[] = [];
      for (let at = 0, each = 0; at < bytes.length; each += 1) {
        const size = sizes[each % sizes.length] ?? 1;
        pieces.push(bytes.slice(at, at + size));
        at += size;
      }
      const stream = new MessageStream(connectionOf(pieces));
      for (const message of all) expect(await stream.next()).toEqual(message);
      expect(await stream.next()).toBeNull();
    }),
  );
});

test("what ends in the middle of a message is no message", async () => {
  const stream = new MessageStream(connectionOf([Uint8Array.from([0, 5, 1, 2])]));
  expect(await stream.next()).toBeNull();
});

test("a message leaves in one piece, after its length", async () => {
  const sent: Uint8Array[] = [];
  const stream = new MessageStream(connectionOf([], sent));
  await stream.send(new Uint8Array(300));
  expect(sent.map((each) => [each.length, each[0], each[1]])).toEqual([[302, 1, 44]]);
});

test("closing what is closed already is no failure", async () => {
  await new MessageStream(connectionOf([])).close();
});
