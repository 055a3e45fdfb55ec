/** What a visitor could try with the cookie of a load balancer, and what it could tell him. */
import { describe, expect, test } from "vitest";
import { sealOf } from "../../../routing/match/seal.ts";
import { readValue, writeValue } from "../../../routing/match/session-value.ts";
import { seededRng } from "../../../routing/rng.ts";
import { endpoint, endpointId, NOW, pool } from "../steer/world.ts";

const BALANCER = "0123456789abcdef0123456789abcdef";
const OTHER = "1123456789abcdef0123456789abcdef";
const A = endpointId("a1b2c3d4".repeat(4));
const B = endpointId("b1b2c3d4".repeat(4));
const POOLS = [
  pool("secret-pool", [
    endpoint(A, { name: "hidden-name", address: "198.51.100.7" }),
    endpoint(B, { name: "other-name", address: "198.51.100.8" }),
  ]),
];
const seal = sealOf(BALANCER, POOLS);
const value = writeValue(seal, A, NOW, NOW);

describe("a visitor cannot", () => {
  test("choose another endpoint, though he knows its name from another of his sessions", () => {
    const [, , start, tag] = value.split(".");
    expect(readValue(seal, ["2", seal.nameOf(B), start, tag].join("."))).toBeNull();
  });

  test("begin his session later, and so prolong it", () => {
    const [version, name, , tag] = value.split(".");
    const later = (NOW + 1_000).toString(36);
    expect(readValue(seal, [version, name, later, tag].join("."))).toBeNull();
  });

  test("change any one character", () => {
    for (let at = 0; at < value.length; at += 1) {
      for (const character of "0aA_.") {
        const altered = value.slice(0, at) + character + value.slice(at + 1);
        if (altered !== value) expect([at, readValue(seal, altered)]).toEqual([at, null]);
      }
    }
  });

  test("guess a signature: none of 20,000 is one (seed 1)", () => {
    const rng = seededRng(1);
    const letter = () => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop-_"[Math.floor(rng() * 44)];
    const start = value.slice(0, value.lastIndexOf(".") + 1);
    for (let guess = 0; guess < 20_000; guess += 1) {
      expect(readValue(seal, start + Array.from({ length: 16 }, letter).join(""))).toBeNull();
    }
  });

  test("carry a session over from another load balancer, though it uses the same pools", () => {
    const there = sealOf(OTHER, POOLS);
    expect(readValue(there, value)).toBeNull();
    expect(readValue(seal, writeValue(there, A, NOW, NOW))).toBeNull();
    // Nor with the name that the endpoint has here.
    const [, , start, tag] = writeValue(there, A, NOW, NOW).split(".");
    expect(readValue(seal, ["2", seal.nameOf(A), start, tag].join("."))).toBeNull();
  });

  test("make one with what he knows: names and addresses, and not the ids", () => {
    for (const guessed of ["hidden-name", "198.51.100.7", "secret-pool"]) {
      const forger = sealOf(BALANCER, [pool("p", [guessed])]);
      const tag = forger.tagOf(endpointId(guessed), NOW);
      const forged = ["2", seal.nameOf(A), NOW.toString(36), tag].join(".");
      expect(readValue(seal, forged)).toBeNull();
    }
  });
});

describe("a cookie tells nothing", () => {
  test("of its endpoint or its load balancer: no name, no address, no part of an id", () => {
    const parts = [A, BALANCER].flatMap((id) =>
      Array.from({ length: 29 }, (_, at) => id.slice(at, at + 4)),
    );
    const hidden = ["hidden", "secret", "198", ...new Set(parts)];
    expect(hidden.filter((part) => value.slice(0, 14).includes(part))).toEqual([]);
  });

  test("of what two load balancers share: one endpoint has two names", () => {
    expect(sealOf(OTHER, POOLS).nameOf(A)).not.toBe(seal.nameOf(A));
  });
});

test("an endpoint that is gone has no sessions", () => {
  expect(readValue(sealOf(BALANCER, [pool("p", [B])]), value)).toBeNull();
});

test("every isolate and every version has the same key: it is made of ids alone", () => {
  const again = sealOf(BALANCER, [
    pool(
      "renamed",
      [B, A].map((id) => endpoint(id, { port: 1 })),
    ),
  ]);
  expect(again).not.toBe(seal);
  expect(readValue(again, value)).not.toBeNull();
  expect(sealOf(BALANCER, POOLS)).toBe(seal);
});
