import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { RouteSession } from "../../../routing/http-route.ts";
import { readSession, sessionHeader, withoutSession } from "../../../routing/match/session.ts";
import { endpointKey, type Session } from "../../../routing/match/session-value.ts";
import { seededRng } from "../../../routing/rng.ts";
import { hash32 } from "../../../routing/steer/hash32.ts";
import { endpointId } from "../steer/world.ts";

const NOW = 1_800_000_000_000;
const HOUR_MS = 3_600_000;
const A = endpointId("a".repeat(32));
const B = endpointId("b".repeat(32));

const cookie = (more: Partial<RouteSession> = {}): RouteSession => ({
  type: "Cookie",
  name: "S",
  isPermanent: false,
  ...more,
});
const header = (more: Partial<RouteSession> = {}): RouteSession => ({
  ...cookie({ type: "Header", name: "x-s" }),
  ...more,
});

/** What the visitor sends after an answer of the endpoint at that time. */
function sentBack(terms: RouteSession, endpoint = A, atMs = NOW, before: Session | null = null) {
  const { value = "" } = sessionHeader(terms, before, endpoint, true, atMs) ?? {};
  const [pair = ""] = value.split(";");
  return terms.type === "Header" ? { [terms.name]: value } : { cookie: pair };
}

const valueAt = (startedAtMs: number, usedAtMs: number): string =>
  `1.${endpointKey(A)}.${startedAtMs.toString(36)}.${usedAtMs.toString(36)}`;

describe("a session", () => {
  test.each([cookie(), header()])("is read as it was written: %j", (terms) => {
    expect(readSession(terms, sentBack(terms), NOW + 5)).toEqual({
      endpoint: endpointKey(A),
      startedAtMs: NOW,
      usedAtMs: NOW,
    });
  });

  test("is found among other cookies, and by the whole of its name in its own case", () => {
    const { cookie: pair } = sentBack(cookie());
    const found = (text: string) => readSession(cookie(), { cookie: text }, NOW) !== null;
    expect(found(`a=1; ${pair}; b=2`)).toBe(true);
    expect(found(`a=1;${pair}`)).toBe(true);
    for (const other of [`x${pair}`, `a=1; s${pair?.slice(1)}`, `a=${pair}`, `S =${pair}`]) {
      expect(found(other)).toBe(false);
    }
  });

  test("is the first that holds, when several have its name", () => {
    const terms = cookie({ absoluteMs: HOUR_MS });
    const old = `S=${valueAt(NOW - HOUR_MS, NOW)}`;
    const fresh = `S=${valueAt(NOW - 1, NOW)}`;
    const text = ["S=garbage", old, fresh].join("; ");
    expect(readSession(terms, { cookie: text }, NOW)?.startedAtMs).toBe(NOW - 1);
  });

  test("is over when its time is, counted from the start", () => {
    const read = (startedAtMs: number) =>
      readSession(
        cookie({ absoluteMs: HOUR_MS }),
        { cookie: `S=${valueAt(startedAtMs, NOW)}` },
        NOW,
      );
    expect(read(NOW - HOUR_MS + 1)).not.toBeNull();
    expect(read(NOW - HOUR_MS)).toBeNull();
  });

  test("is over when it was not used for long enough, and not when it is old", () => {
    const read = (usedAtMs: number) => {
      const headers = { cookie: `S=${valueAt(NOW - 10 * HOUR_MS, usedAtMs)}` };
      return readSession(cookie({ idleMs: HOUR_MS }), headers, NOW);
    };
    expect(read(NOW - HOUR_MS)).not.toBeNull();
    expect(read(NOW - HOUR_MS - 1)).toBeNull();
  });

  test("without timeouts holds for ever", () => {
    expect(readSession(cookie(), { cookie: `S=${valueAt(1, 1)}` }, NOW)).not.toBeNull();
  });

  test("of the future is none, but clocks may differ a little", () => {
    const read = (atMs: number) =>
      readSession(cookie(), { cookie: `S=${valueAt(atMs, atMs)}` }, NOW);
    expect(read(NOW + 60_000)).not.toBeNull();
    expect(read(NOW + 60_001)).toBeNull();
  });

  test.each([
    "",
    "1",
    "1.a.b",
    "1.a.b.c.d",
    "2.a.b.c",
    "1.A.b.c",
    "1.a.b.-c",
    "1.aaaaaaaaaaaa.b.c",
    "1.a.bbbbbbbbbb.c",
    "1.a.b.cccccccccc",
    "1.a.b.c ",
    `1.a.b.${"c".repeat(30_000)}`,
  ])("that is written otherwise is none: %s", (value) => {
    expect(readSession(header(), { "x-s": value }, NOW)).toBeNull();
  });

  test("total-eval: no header makes reading throw, and what cannot be read is not taken away", () => {
    const text = fc.oneof(fc.string(), fc.stringMatching(/^S=1\.[0-9a-zA-Z.;= ]{0,40}$/));
    fc.assert(
      fc.property(text, text, (one, two) => {
        const headers = { cookie: `${one}; ${two}`, "x-s": one };
        for (const terms of [cookie({ idleMs: 1_000 }), header({ absoluteMs: 1_000 })]) {
          const session = readSession(terms, headers, NOW);
          const others = withoutSession(terms, headers);
          if (session !== null) expect(others).not.toEqual(headers);
          if (others !== headers) expect(withoutSession(terms, others)).toBe(others);
        }
      }),
    );
  });

  test("round trip: whatever was written is read, for any endpoint and time", () => {
    const hex = fc.stringMatching(/^[0-9a-f]{32}$/);
    fc.assert(
      fc.property(hex, fc.nat({ max: 36 ** 9 - 1 }), fc.boolean(), (id, atMs, isCookie) => {
        const terms = isCookie ? cookie() : header();
        const session = readSession(terms, sentBack(terms, endpointId(id), atMs), atMs);
        expect(session).toEqual({
          endpoint: endpointKey(endpointId(id)),
          startedAtMs: atMs,
          usedAtMs: atMs,
        });
      }),
    );
  });
});

describe("an answer carries", () => {
  const write = (terms: RouteSession, before: Session | null, nowMs = NOW, endpoint = A) =>
    sessionHeader(terms, before, endpoint, true, nowMs);
  const session: Session = { endpoint: endpointKey(A), startedAtMs: NOW, usedAtMs: NOW };

  test("a new session, in a cookie for the whole site that no script reads", () => {
    expect(write(cookie(), null)).toEqual({
      name: "set-cookie",
      value: `S=${valueAt(NOW, NOW)}; Path=/; HttpOnly; SameSite=Lax; Secure`,
    });
  });

  test("a cookie that plain HTTP can carry, where the visitor uses that", () => {
    expect(sessionHeader(cookie(), null, A, false, NOW)?.value).not.toMatch(/secure/i);
  });

  test("nothing when the visitor has it already", () => {
    expect(write(cookie(), session, NOW + HOUR_MS)).toBeNull();
    expect(write(header({ absoluteMs: 2 * HOUR_MS }), session, NOW + HOUR_MS)).toBeNull();
  });

  test("a session that starts now, when another endpoint has answered", () => {
    const { value = "" } = write(header(), session, NOW + 7, B) ?? {};
    expect(value).toBe(valueAt(NOW + 7, NOW + 7).replace(endpointKey(A), endpointKey(B)));
  });

  test("the time of the last use when idleness ends it, but once a second is enough", () => {
    const terms = cookie({ idleMs: HOUR_MS });
    expect(write(terms, session, NOW + 999)).toBeNull();
    expect(write(terms, session, NOW + 1_000)?.value).toMatch(`S=${valueAt(NOW, NOW + 1_000)};`);
    expect(write(cookie({ idleMs: 2_000 }), session, NOW + 199)).toBeNull();
    expect(write(cookie({ idleMs: 2_000 }), session, NOW + 200)).not.toBeNull();
  });

  test("for how long a permanent cookie still lives, counted from the start", () => {
    const terms = cookie({ absoluteMs: HOUR_MS, idleMs: HOUR_MS, isPermanent: true });
    expect(write(terms, null)?.value).toMatch(/; Max-Age=3600;/);
    expect(write(terms, session, NOW + 1_000_500)?.value).toMatch(/; Max-Age=2600;/);
    expect(write(cookie({ absoluteMs: HOUR_MS }), null)?.value).not.toMatch(/Max-Age/);
  });

  test("nothing of the endpoint but a hash, and no more than 150 characters with the name", () => {
    const { value = "" } = write(cookie({ name: "n".repeat(16), absoluteMs: 1e12 }), null) ?? {};
    expect(value).not.toContain(A.slice(0, 8));
    expect(value.length).toBeLessThan(150);
  });
});

describe("the endpoint", () => {
  test("sees the other cookies as they came, and not the session", () => {
    const { cookie: pair } = sentBack(cookie());
    const cookies = (text: string) => withoutSession(cookie(), { a: "1", cookie: text });
    expect(cookies(`a=1; ${pair}; b="x y"`)).toEqual({ a: "1", cookie: 'a=1; b="x y"' });
    expect(cookies(`${pair}; b=2`)).toEqual({ a: "1", cookie: "b=2" });
    expect(cookies(String(pair))).toEqual({ a: "1" });
  });

  test("does not see one that is over either", () => {
    const over = `S=${valueAt(1, 1)}`;
    expect(withoutSession(cookie({ idleMs: 1_000 }), { cookie: over })).toEqual({});
  });

  test("sees a cookie of its own that has the name of the session", () => {
    const headers = { cookie: "S=mine; b=2" };
    expect(withoutSession(cookie(), headers)).toBe(headers);
    const { cookie: pair } = sentBack(cookie());
    expect(withoutSession(cookie(), { cookie: `S=mine; ${pair}` })).toEqual({ cookie: "S=mine" });
  });

  test("does not see a session in a header", () => {
    const headers = { ...sentBack(header()), cookie: "a=1" };
    expect(withoutSession(header(), headers)).toEqual({ cookie: "a=1" });
    expect(withoutSession(header(), { "x-s": "other" })).toEqual({ "x-s": "other" });
  });
});

test("endpoints are told apart also where one hash of 32 bits does not: of 200,000 ids (seed 1)", () => {
  const rng = seededRng(1);
  const word = () =>
    Math.floor(rng() * 2 ** 32)
      .toString(16)
      .padStart(8, "0");
  const ids = Array.from({ length: 200_000 }, () => word() + word() + word() + word());
  expect(new Set(ids.map(hash32)).size).toBeLessThan(ids.length);
  expect(new Set(ids.map((id) => endpointKey(endpointId(id)))).size).toBe(ids.length);
});
