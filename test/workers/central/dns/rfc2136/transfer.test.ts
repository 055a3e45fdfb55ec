import { describe, expect, test } from "vitest";
import {
  type ResourceRecord,
  readMessage,
} from "../../../../../workers/central/dns/rfc2136/message.ts";
import { Transfer } from "../../../../../workers/central/dns/rfc2136/transfer.ts";
import { answerTo, record, soa } from "./peer.ts";

const zone = "shop.test";
const end = soa(zone);
const a = (name: string, last: number, ttl = 60) => record(name, 1, [192, 0, 2, last], ttl);

/** What is wrong with it, or what it lists. */
function transferred(...messages: readonly (readonly ResourceRecord[])[]) {
  const transfer = new Transfer(zone);
  for (const records of messages) {
    const read = readMessage(answerTo(Uint8Array.from([0, 1, 0]), records));
    if (!read.ok) throw new Error(read.error);
    const why = transfer.add(read.value);
    if (why !== null) return why;
  }
  return transfer.isComplete ? transfer.sets() : "is not complete";
}

describe("a transfer", () => {
  test("is all records between two SOAs, over any number of messages", () => {
    const sets = [
      { name: "a.shop.test", type: "A", ttl: 60, values: ["192.0.2.1", "192.0.2.2"] },
      { name: "shop.test", type: "NS", ttl: 60, values: ["ns.test"] },
    ];
    const ns = record(zone, 2, [2, 110, 115, 4, 116, 101, 115, 116, 0]);
    expect(transferred([end, a("a.shop.test", 2), ns], [], [a("a.shop.test", 1)], [end])).toEqual(
      sets,
    );
    expect(transferred([end, end])).toEqual([]);
  });

  test("without the closing SOA is not complete", () => {
    expect(transferred([end, a("a.shop.test", 1)])).toBe("is not complete");
    expect(transferred([end])).toBe("is not complete");
    expect(transferred()).toBe("is not complete");
  });

  test.each([
    ["that begins with something else", [[a(zone, 1), end]], "does not begin with the SOA"],
    ["that goes on after its end", [[end, end, a(zone, 1)]], "goes on after the closing SOA"],
    [
      "of two versions of the zone",
      [[end, soa(zone, 2)]],
      "closes with another SOA than it began with",
    ],
    ["of another zone", [[soa("other.test")]], "has an SOA of other.test"],
    [
      "with a record of another class",
      [[end, { ...a(zone, 1), class: 3 }]],
      "has a record of class 3",
    ],
  ])("%s is refused", (_title, messages, why) => {
    expect(transferred(...messages)).toBe(why);
  });

  test("has types that nobody knows, a TTL for each set and no value twice", () => {
    const odd = record("odd.shop.test", 65_400, [1, 2]);
    expect(
      transferred([
        end,
        odd,
        a("*.shop.test", 1, 300),
        a("*.shop.test", 2, 60),
        a("*.shop.test", 2),
        end,
      ]),
    ).toEqual([
      { name: "odd.shop.test", type: "TYPE65400", ttl: 60, values: ["\\# 2 0102"] },
      { name: "*.shop.test", type: "A", ttl: 60, values: ["192.0.2.1", "192.0.2.2"] },
    ]);
  });
});
