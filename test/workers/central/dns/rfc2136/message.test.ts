import { decode } from "dns-packet";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  messageBytes,
  type ResourceRecord,
  readMessage,
} from "../../../../../workers/central/dns/rfc2136/message.ts";
import { textOf } from "../../../../../workers/central/dns/rfc2136/rdata.ts";
import { CLASS_IN, OPCODE_UPDATE } from "../../../../../workers/central/dns/rfc2136/types.ts";
import { name } from "./arbitraries.ts";
import { record, soa } from "./peer.ts";

const question = { name: "shop.test", type: 6, class: CLASS_IN };
const sections = (answers: readonly ResourceRecord[], authorities: readonly ResourceRecord[]) => ({
  questions: [question],
  answers,
  authorities,
});

const records = fc.array(
  fc
    .tuple(name, fc.constantFrom(1, 16, 65_400), fc.uint8Array({ maxLength: 20 }))
    .map(([owner, type, rdata]) => record(owner, type, [...rdata])),
  { maxLength: 8 },
);

describe("messages", () => {
  test("what is written is what is read", () => {
    fc.assert(
      fc.property(fc.nat(65_535), records, records, (id, answers, authorities) => {
        const read = readMessage(messageBytes(id, OPCODE_UPDATE, sections(answers, authorities)));
        expect(read).toMatchObject({
          ok: true,
          value: { id, opcode: OPCODE_UPDATE, questions: [question], answers, authorities },
        });
      }),
    );
  });

  test("another library reads our owner names", () => {
    const owners = ["shop.test", "www.shop.test", "a.www.shop.test", "elsewhere.example"];
    const bytes = messageBytes(7, OPCODE_UPDATE, {
      questions: [question],
      answers: owners.map((owner) => record(owner, 1, [192, 0, 2, 1])),
      authorities: [],
    });
    const packet = decode(Buffer.from(bytes));
    expect(packet.answers?.map((each) => each.name)).toEqual(owners);
    // Each name but the last ends in a pointer.
    expect(bytes.length).toBe(12 + 11 + 4 + (2 + 6 + 4 + 19) + 4 * 14);
  });

  test("a name that a server compressed inside a record is told in full", () => {
    const mx = [0, 10, 4, 109, 97, 105, 108, 0xc0, 12];
    const bytes = messageBytes(1, 0, sections([record("shop.test", 15, mx)], []));
    const read = readMessage(bytes);
    const [answer] = read.ok ? read.value.answers : [];
    expect(answer && textOf(15, answer.rdata)).toBe("10 mail.shop.test");
  });

  const whole = messageBytes(
    1,
    0,
    sections([soa("shop.test"), record("a.shop.test", 1, [1, 2, 3, 4])], []),
  );

  test("a message that is cut anywhere is refused with a reason", () => {
    for (let length = 0; length < whole.length; length += 1) {
      const read = readMessage(whole.subarray(0, length));
      expect(read.ok ? "read" : read.error).toMatch(/^(?:is shorter|ends in the middle)/);
    }
    expect(readMessage(Uint8Array.from([...whole, 0]))).toEqual({
      ok: false,
      error: "has 1 bytes too many",
    });
  });

  test("no bytes make it throw or go on for long: counts and lengths that lie are refused", () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 12 }),
        (damage) => {
          const bytes = whole.slice();
          for (const [at, byte] of damage) bytes[at] = byte;
          const read = readMessage(bytes);
          if (read.ok) for (const each of read.value.answers) textOf(each.type, each.rdata);
          else expect(read.error).not.toBe("");
        },
      ),
      { numRuns: 5_000 },
    );
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        readMessage(bytes);
      }),
      { numRuns: 5_000 },
    );
    const lies = Uint8Array.from([0, 1, 128, 0, 255, 255, 255, 255, 255, 255, 255, 255]);
    expect(readMessage(lies).ok).toBe(false);
  });

  test("the longest message of the longest names that point to one another is read", () => {
    // Each is 63 bytes more than the one it points to, up to 255; then a record of two bytes of name each.
    const label = [63, ...Array<number>(63).fill(97)];
    const first = [...label, ...label, ...label, 0];
    const one = [0xc0, 12, 255, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    const count = Math.floor((65_535 - 12 - first.length - 4) / one.length);
    const bytes = Uint8Array.from([
      ...[0, 1, 128, 0, 0, 1, count >> 8, count & 255, 0, 0, 0, 0],
      ...first,
      ...[0, 1, 0, 1],
      ...Array.from({ length: count }, () => one).flat(),
    ]);
    const read = readMessage(bytes);
    expect(read.ok && read.value.answers.length).toBe(count);
  });

  test("a TSIG that is not the last record is refused", () => {
    const tsig = { ...record("key.test", 250, [1, 2]), class: 255, ttl: 0 };
    expect(readMessage(messageBytes(1, 0, sections([tsig], [])))).toEqual({
      ok: false,
      error: "has a TSIG that is not its last",
    });
  });
});
