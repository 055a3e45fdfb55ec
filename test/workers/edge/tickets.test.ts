import { beforeAll, describe, expect, test, vi } from "vitest";
import { SKEW_MS, TICKET_MS } from "../../../routing/explain/ticket.ts";
import type { Manifest } from "../../../routing/snapshot.ts";
import type { TableVersion } from "../../../routing/units.ts";
import { Tickets, VERIFICATIONS_PER_SECOND } from "../../../workers/edge/tickets.ts";
import { forged, signerAt } from "./harness/tickets.ts";

const HOST = "a.example";
const NOW = Date.now();
let ticket: string;
let publicKey: string;

const manifest = (...explain_keys: string[]): Manifest => ({
  schema: 1,
  account: "default",
  version: 1 as TableVersion,
  hosts: {},
  explain_keys,
});
const other = "B".repeat(43);

beforeAll(async () => {
  ({ ticket, publicKey } = await signerAt(() => NOW).sign(HOST));
});

const admits = (text: string, host = HOST, nowMs = NOW, keys = [other, publicKey]) =>
  new Tickets().admits(text, host, manifest(...keys), nowMs);

describe("a ticket is taken", () => {
  test("when a key of the snapshot verifies it, whichever that is", async () => {
    expect(await admits(ticket)).toBe(true);
    expect(await admits(ticket, HOST, NOW + TICKET_MS + SKEW_MS)).toBe(true);
  });

  test("for no other host, after its time, or without its key", async () => {
    expect(await admits(ticket, "b.example")).toBe(false);
    expect(await admits(ticket, HOST, NOW + TICKET_MS + SKEW_MS + 1)).toBe(false);
    expect(await admits(ticket, HOST, NOW, [other])).toBe(false);
    expect(await new Tickets().admits(ticket, HOST, undefined, NOW)).toBe(false);
  });

  test("not when another key made it, or any of its bits was changed", async () => {
    expect(await admits(await forged(publicKey, { untilMs: NOW + TICKET_MS }))).toBe(false);
    const [version = "", body = "", signature = ""] = ticket.split(".");
    const swapped = (text: string, at: number) =>
      text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
    for (let at = 0; at < 80; at += 7) {
      expect(await admits([version, body, swapped(signature, at)].join("."))).toBe(false);
      expect(await admits([version, swapped(body, at), signature].join("."))).toBe(false);
    }
  });

  test("not by a key that is no point of the curve, and that is no reason to fail", async () => {
    const bad = publicKey.slice(0, 11) + "_".repeat(32);
    expect(await admits(ticket, HOST, NOW, [bad])).toBe(false);
  });
});

describe("what tickets cost", () => {
  const counted = async (run: (tickets: Tickets) => Promise<void>) => {
    const verify = vi.spyOn(crypto.subtle, "verify");
    try {
      await run(new Tickets());
      return verify.mock.calls.length;
    } finally {
      verify.mockRestore();
    }
  };

  test("one verification, however often it is shown", async () => {
    const verifications = await counted(async (tickets) => {
      for (let count = 0; count < 100; count += 1) {
        expect(await tickets.admits(ticket, HOST, manifest(publicKey), NOW)).toBe(true);
      }
    });
    expect(verifications).toBe(1);
  });

  test("none when it is for another host, too old, of no key, or no ticket", async () => {
    const verifications = await counted(async (tickets) => {
      await tickets.admits(ticket, "b.example", manifest(publicKey), NOW);
      await tickets.admits(ticket, HOST, manifest(publicKey), NOW + 2 * TICKET_MS);
      await tickets.admits(ticket, HOST, manifest(other), NOW);
      await tickets.admits("v1.x.y", HOST, manifest(publicKey), NOW);
    });
    expect(verifications).toBe(0);
  });

  test("of a flood of forged ones 20 verifications a second, and the next second the good one is taken", async () => {
    const bad = await forged(publicKey, { untilMs: NOW + TICKET_MS });
    const verifications = await counted(async (tickets) => {
      const seen = manifest(publicKey);
      for (let count = 0; count < 1_000; count += 1) {
        expect(await tickets.admits(bad, HOST, seen, NOW + (count % 1_000))).toBe(false);
      }
      expect(await tickets.admits(ticket, HOST, seen, NOW + 999)).toBe(false);
      expect(await tickets.admits(ticket, HOST, seen, NOW + 1_000)).toBe(true);
    });
    expect(verifications).toBe(VERIFICATIONS_PER_SECOND + 1);
  });

  test("nothing of a key that is trusted no more: a ticket seen before ends with it", async () => {
    const tickets = new Tickets();
    expect(await tickets.admits(ticket, HOST, manifest(publicKey), NOW)).toBe(true);
    expect(await tickets.admits(ticket, HOST, manifest(other), NOW)).toBe(false);
  });

  test("a bounded memory: after many others it is verified again, and taken", async () => {
    const tickets = new Tickets();
    let nowMs = NOW;
    const signer = signerAt(() => nowMs);
    const { publicKey: key } = await signer.sign(HOST);
    const verify = vi.spyOn(crypto.subtle, "verify");
    const first = (await signer.sign(HOST)).ticket;
    for (let count = 0; count < 70; count += 1) {
      nowMs += 1_000;
      const next = count === 0 ? first : (await signer.sign(HOST)).ticket;
      expect(await tickets.admits(next, HOST, manifest(key), nowMs)).toBe(true);
    }
    verify.mockClear();
    expect(await tickets.admits(first, HOST, manifest(key), nowMs)).toBe(true);
    expect(verify).toHaveBeenCalledTimes(1);
    verify.mockRestore();
  });
});
