import { describe, expect, test } from "vitest";
import {
  type Claims,
  fromBase64Url,
  isFor,
  isPublicKey,
  keyId,
  readTicket,
  SKEW_MS,
  TICKET_CHARACTERS_MAX,
  TICKET_MS,
  ticketBody,
  ticketText,
  toBase64Url,
} from "../../../routing/explain/ticket.ts";
import { seededRng } from "../../../routing/rng.ts";

const NOW = 1_800_000_000_000;
const FUZZED = 20_000;
const SEED = 9_001;
const claims: Claims = { key: "abcdefghijk", host: "shop.example", untilMs: NOW + TICKET_MS };
const signature = Uint8Array.from({ length: 64 }, (_, at) => at * 4);
const ticket = (of: Claims = claims) => ticketText(ticketBody(of).body, signature);

describe("a ticket", () => {
  test("is read as it was written", () => {
    expect(readTicket(ticket())).toEqual({
      ...claims,
      signed: ticketBody(claims).signed,
      signature,
    });
  });

  test("is signed for this purpose and no other", () => {
    const { body, signed } = ticketBody(claims);
    expect(new TextDecoder().decode(signed)).toBe(`tradewind explain ticket v1\n${body}`);
  });

  test("of the longest hostname is still looked at", () => {
    const host = `${"a".repeat(249)}.org`;
    expect(ticket({ ...claims, host }).length).toBeLessThanOrEqual(TICKET_CHARACTERS_MAX);
    expect(readTicket(ticket({ ...claims, host }))?.host).toBe(host);
  });

  const of = (json: string) => ticketText(toBase64Url(new TextEncoder().encode(json)), signature);
  test.each([
    ["", "nothing"],
    ["v1..", "empty parts"],
    [ticket().replace("v1.", "v2."), "another version"],
    [`${ticket()}, ${ticket()}`, "two of them"],
    [`${ticket()}A`, "a signature that is too long"],
    [ticket().slice(0, -1), "a signature that is too short"],
    [of("null"), "no object"],
    [of("[1]"), "a list"],
    [of('{"key":1,"host":"a","until":1}'), "a key that is no text"],
    [of('{"key":"a","host":{},"until":1}'), "a host that is no text"],
    [of('{"key":"a","host":"a","until":1.5}'), "a time that is no whole number"],
    [of('{"key":"a","host":"a","until":1'), "no JSON"],
    [ticketText(toBase64Url(Uint8Array.of(0xff, 0xfe)), signature), "no text"],
    [`v1.A.${"A".repeat(86)}`, "a length that no bytes have"],
    ["v1.".padEnd(30_000, "A"), "far too much"],
  ])("%# is none: %s", (text) => expect(readTicket(text)).toBeNull());

  test(`is never a reason to throw: ${FUZZED} broken ones (seed ${SEED})`, () => {
    const rng = seededRng(SEED);
    const good = ticket();
    let read = 0;
    for (let count = 0; count < FUZZED; count += 1) {
      const at = Math.floor(rng() * good.length);
      const put = String.fromCharCode(Math.floor(rng() * 256)).repeat(Math.floor(rng() * 3));
      if (readTicket(good.slice(0, at) + put + good.slice(at + 1)) !== null) read += 1;
    }
    expect(read).toBeLessThan(FUZZED);
  });
});

describe("a ticket is for one host and five minutes", () => {
  test.each([
    [0, true],
    [-TICKET_MS, true],
    [-TICKET_MS - SKEW_MS, true],
    [-TICKET_MS - SKEW_MS - 1, false],
    [SKEW_MS, true],
    [SKEW_MS + 1, false],
  ])("issued %d ms from now: %s", (ms, good) => {
    const issued = { ...claims, untilMs: NOW + ms + TICKET_MS };
    expect(isFor(issued, "shop.example", NOW)).toBe(good);
  });

  test("and for no other host", () => {
    expect(isFor(claims, "shop.example.org", NOW)).toBe(false);
    expect(isFor({ ...claims, untilMs: Number.MAX_SAFE_INTEGER }, "shop.example", NOW)).toBe(false);
  });
});

test("bytes survive base64url, and a public key is 32 of them", () => {
  for (let length = 0; length < 70; length += 1) {
    const bytes = Uint8Array.from({ length }, (_, at) => (at * 89 + length) % 256);
    expect(fromBase64Url(toBase64Url(bytes))).toEqual(bytes);
  }
  const key = toBase64Url(new Uint8Array(32).fill(251));
  expect([isPublicKey(key), isPublicKey(`${key}A`), isPublicKey(7)]).toEqual([true, false, false]);
  expect(keyId(key)).toHaveLength(11);
});
